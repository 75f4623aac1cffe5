"""Archives, read into memory: zip, and tar in every compression; none leaves, none grows for ever."""

from __future__ import annotations

import io
import posixpath
import stat
from typing import TYPE_CHECKING

from belay_pm.errors import PackageError, SourceError, UnsafePathError
from belay_pm.target_paths import refuse_clashes, target_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from tarfile import TarInfo
    from typing import IO
    from zipfile import ZipFile, ZipInfo

__all__ = ["MOST_BYTES", "MOST_MEMBERS", "archive_files"]

MOST_MEMBERS = 20_000
"""MicroPython itself, with all its ports, has some ten thousand files."""

MOST_BYTES = 256 * 1024 * 1024
"""Of all members together, unpacked: everything is in memory at once."""

_MOST_RATIO = 200
"""Sources become a tenth at best; a bomb a thousandth. Below `_RATIO_FROM_BYTES` nobody minds."""

_RATIO_FROM_BYTES = 16 * 1024 * 1024


class _Members:
    """What was read so far."""

    def __init__(self, name: str, packed_bytes: int) -> None:
        self.name = name
        self.files: dict[str, bytes] = {}
        self.links: dict[str, str] = {}
        self._left = MOST_MEMBERS
        self._bytes = 0
        self._most = min(MOST_BYTES, max(_RATIO_FROM_BYTES, packed_bytes * _MOST_RATIO))

    def path(self, text: str) -> str | None:
        """Return a member's path, or None for the top folder itself."""
        self._left -= 1
        if self._left < 0:
            raise SourceError(f"`{self.name}` has more than {MOST_MEMBERS} members")
        if text and not text.strip("./") and ".." not in text.split("/") and not text.startswith("/"):
            return None
        return target_path(text, source=self.name)

    def require_room(self, size_bytes: int) -> None:
        """Count bytes before they are unpacked."""
        self._bytes += max(size_bytes, 0)
        if self._bytes > self._most:
            raise SourceError(f"`{self.name}` unpacks to more than {self._most} bytes, which is refused")

    def add(self, path: str, content: bytes) -> None:
        """Take a file."""
        self._require_new(path)
        self.files[path] = content

    def add_link(self, path: str, target: str) -> None:
        """Take a link; its target is a path from the top of the archive, and may leave it."""
        self._require_new(path)
        self.links[path] = posixpath.normpath(target) if "\0" not in target else ".."

    def resolved(self) -> dict[str, bytes]:
        """Return all files, with those that links inside lead to; a link that leaves is as if not there."""
        files = dict(self.files)
        for link in sorted(self.links):
            target = self._end(link)
            for path, content in self.files.items() if target else ():
                if path == target:
                    self.require_room(len(content))
                    files[link] = content
                elif path.startswith(f"{target}/") and not link.startswith(f"{target}/"):
                    self.require_room(len(content))
                    inner = self.path(f"{link}{path[len(target) :]}")
                    if inner is not None:
                        files[inner] = content
        refuse_clashes(files, source=self.name)
        return dict(sorted(files.items()))

    def _end(self, link: str) -> str:
        """Return what a chain of links ends at; "" for one that leaves, or goes in a circle."""
        seen = {link}
        target = self.links[link]
        while target in self.links and target not in seen:
            seen.add(target)
            target = self.links[target]
        outside = target in seen or target in ("", ".", "..") or target.startswith(("/", "../"))
        return "" if outside else target

    def _require_new(self, path: str) -> None:
        if path in self.files or path in self.links:
            raise UnsafePathError(f"`{self.name}` has two members `{path}`")


def archive_files(content: bytes, *, name: str) -> dict[str, bytes]:
    """Return the files of an archive by path, sorted.

    Args:
        content: of a zip, or of a tar: plain, or compressed by gzip, bzip2 or xz.
        name: of the archive, for errors.

    Raises:
        UnsafePathError: a member would leave its folder, is there twice, is a device, or is no file's name.
        SourceError: it is no archive, damaged, encrypted, or larger than anything for a board.
    """
    members = _Members(name, len(content))
    try:
        (_read_zip if content[:2] == b"PK" else _read_tar)(content, members)
        return members.resolved()
    except PackageError:
        raise
    except Exception as error:  # the readers of damaged archives raise more than they say
        raise SourceError(
            f"`{name}` cannot be read as an archive: {error or type(error).__name__}"
        ) from error


def _read_zip(content: bytes, members: _Members) -> None:
    import zipfile  # noqa: PLC0415 - only who has an archive needs it

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            _read_zipped(archive, info, members)


def _read_zipped(archive: ZipFile, info: ZipInfo, members: _Members) -> None:
    path = members.path(info.orig_filename)  # `filename` is cut at a NUL, and has other slashes on Windows
    if path is None or info.orig_filename.endswith("/"):
        return
    if info.flag_bits & 0x1:
        raise SourceError(f"`{members.name}` is encrypted: `{path}` cannot be read")
    mode = info.external_attr >> 16
    kind = stat.S_IFMT(mode)
    if kind not in (0, stat.S_IFREG, stat.S_IFLNK):
        raise UnsafePathError(f"`{members.name}` has `{path}`, which is neither file, folder nor link")
    members.require_room(info.file_size)
    content = archive.read(info)  # never more than it says
    if kind == stat.S_IFLNK:
        members.add_link(path, posixpath.join(posixpath.dirname(path), content.decode("utf-8", "replace")))
    else:
        members.add(path, content)


def _read_tar(content: bytes, members: _Members) -> None:
    import tarfile  # noqa: PLC0415 - only who has an archive needs it

    plain = _decompressed(content, members)
    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:", encoding="utf-8") as archive:
        for info in archive:
            path = members.path(info.name)
            if path is None or info.isdir():
                continue
            if info.issym():
                members.add_link(path, posixpath.join(posixpath.dirname(path), info.linkname))
            elif info.islnk():
                members.add_link(path, info.linkname)
            elif info.isfile():
                members.require_room(info.size)
                members.add(path, _read_tarred(archive.extractfile, info))
            else:
                raise UnsafePathError(
                    f"`{members.name}` has `{path}`, which is neither file, folder nor link"
                )


def _read_tarred(extract: Callable[[TarInfo], IO[bytes] | None], info: TarInfo) -> bytes:
    file = extract(info)
    content = b"" if file is None else file.read()
    if len(content) != info.size:
        raise SourceError(f"`{info.name}` has {len(content)} of {info.size} bytes")
    return content


def _decompressed(content: bytes, members: _Members) -> bytes:
    """Return a plain tar: unpacked here, where its size is limited, and not by the reader as it searches."""
    most = MOST_BYTES + MOST_MEMBERS * 1536  # with the headers of all members
    if content[:2] == b"\x1f\x8b":
        import gzip  # noqa: PLC0415 - only who has such an archive needs it

        plain = gzip.GzipFile(fileobj=io.BytesIO(content)).read(most + 1)
    elif content[:3] == b"BZh":
        import bz2  # noqa: PLC0415 - as above

        plain = bz2.BZ2File(io.BytesIO(content)).read(most + 1)
    elif content[:6] == b"\xfd7zXZ\0":
        import lzma  # noqa: PLC0415 - as above

        # The limit is of what the archive wants for its dictionary.
        plain = lzma.LZMADecompressor(memlimit=MOST_BYTES).decompress(content, most + 1)
    else:
        plain = content
    if len(plain) > most:
        raise SourceError(f"`{members.name}` unpacks to more than {most} bytes, which is refused")
    return plain
