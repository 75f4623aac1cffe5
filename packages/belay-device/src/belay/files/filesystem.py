"""The board's files: `device.fs`. Each verb is one turnaround, whatever the size of the tree.

It knows which board-side file does what. How the board is asked is `belay.files.verbs`'s, how bytes cross
`belay.files.transfer`'s.
"""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Literal

from belay.arguments import (
    check_bytes,
    check_flag,
    check_function,
    check_iterable,
    check_number,
    check_text,
)
from belay.exceptions import (
    ArgumentTypeError,
    ArgumentValueError,
    BoardException,
    BoardPathError,
    ConnectionLost,
    FeatureUnavailableError,
    NotBelayResponseError,
    TransferError,
)
from belay.files.boardpath import BoardPath
from belay.files.facts import Entry, FileHash, Listing, Space, Stat, Usage
from belay.files.host import host_file_size, host_path, read_pieces, written_whole
from belay.files.paths import EVERY_LEVEL, board_path, folder_prefix, writable_path
from belay.files.refusals import mount_point
from belay.files.retrying import TRIES
from belay.files.texts import check_encoding, decoded, encoded
from belay.files.transfer import ROOM_HELPERS, WRITING_HELPERS, Transfer, mounts_helper
from belay.files.upload import Upload
from belay.files.verbs import Verbs
from belay.roles import refuse_in_batch
from belay.values import encode

if TYPE_CHECKING:
    import builtins
    import os
    from collections.abc import Callable, Iterable

    from belay.files.upload import Verb
    from belay.runtime import Runtime

    Progress = Callable[[int], object]
    PathLike = str | os.PathLike[str] | BoardPath

__all__ = ["FileSystem"]

_ONLY = {"folder": 2, "file": 3}
# As `_onboard/remove.py` takes it.

_MOST_BYTES = 0x7FFF_FFFF
# Of a file, as far as a board of 32 bits can count.

_PROGRESS = "it gets the number of bytes so far"


class FileSystem:
    """The files of a board; `device.fs` is one.

    Paths are strings, paths that `path` makes, or `PurePosixPath`. A relative one is relative to the
    board's current folder.
    What is written goes beside its target, is verified by a hash on the board, and takes the target's place
    then: whatever happens, the older file or the new one is there, never a part of it.

    Args:
        runtime: the board.

    Attributes:
        transfer: moves the bytes.

    Raises:
        BoardPathError: what is given cannot be a path on a board.
        BoardOSError, FileNotFoundError, …: the board cannot do it.
        FeatureUnavailableError: its firmware lacks what is needed.
        ConnectionLost: the link broke.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.transfer = Transfer(runtime)
        self._verbs = Verbs(runtime, self.transfer)

    def path(self, path: PathLike) -> BoardPath:
        """Return a path with the verbs of `pathlib`: `device.fs.path("/lib") / "x.py"`."""
        return BoardPath(self, board_path(path))

    def current_folder(self) -> BoardPath:
        """Return the board's current folder, to which relative paths are relative."""
        told = self._verbs.do("asking for", ".", '__import__("os").getcwd()')
        if not isinstance(told, str):
            raise NotBelayResponseError(f"{self._runtime.description} told of its folder: {told!r}")
        return self.path(told or "/")

    # Looking

    def list(self, path: PathLike = "/") -> builtins.list[Entry]:
        """Return what is in a folder, in the order of the names."""
        return self.entries(path, levels=1)

    def walk(self, path: PathLike = "/") -> builtins.list[Entry]:
        """Return all that is in a folder and in the folders below, in the order of the paths."""
        return self.entries(path, levels=EVERY_LEVEL)

    def entries(self, path: PathLike, *, levels: int) -> builtins.list[Entry]:
        """Return what is in a folder, so many levels deep.

        Raises:
            ArgumentTypeError, ArgumentValueError: `levels` is no int, or less than 1.
            TransferError: the wire damaged the listing again and again.
        """
        check_number("levels", levels, least=1)
        top = board_path(path)
        for _ in range(TRIES):
            listing = Listing()
            try:
                count = self._verbs.do(
                    "listing",
                    top,
                    f"_belay_wk({encode(folder_prefix(top))},{levels})",
                    helpers=("entries", "walk"),
                    respond=listing,
                )
            except ConnectionLost:
                if not self._runtime.is_found_again:
                    raise
                continue  # the board was found again, and half a listing is none
            if listing.is_whole(count):
                return listing.entries(folder_prefix(top))
        raise TransferError(
            f"listing `{top}` of {self._runtime.description} failed {TRIES} times:"
            " parts of it were lost on the way"
        )

    def stat(self, path: PathLike) -> Stat:
        """Return what the board tells of a path.

        Raises:
            FileNotFoundError: it is not there.
        """
        target = board_path(path)
        stat = Stat.from_board(
            self._verbs.do("asking for", target, f"_belay_so({encode(target)})", helpers=("paths",))
        )
        assert stat is not None
        return stat

    def stat_many(self, paths: Iterable[PathLike]) -> builtins.list[Stat | None]:
        """Return what the board tells of each path, None for those that are not there.

        It is one turnaround for some 2 kB of paths.
        """
        if isinstance(paths, (str, BoardPath)):
            raise ArgumentTypeError("`paths` must be several paths, not one", hint="`stat` takes one")
        check_iterable("paths", paths)
        found: list[Stat | None] = []
        targets = [board_path(path) for path in paths]
        what = targets[0] if len(targets) == 1 else f"{len(targets)} paths"
        for texts in self._verbs.portions(list(map(encode, targets))):
            told = self._verbs.do("asking for", what, f"_belay_st({','.join(texts)})", helpers=("paths",))
            if not (isinstance(told, list) and len(told) == len(texts)):
                raise NotBelayResponseError(
                    f"{self._runtime.description} told of {len(texts)} paths: {told!r}"
                )
            found += map(Stat.from_board, told)
        return found

    def exists(self, path: PathLike) -> bool:
        """Say whether there is a file or a folder."""
        return self.stat_many([path]) != [None]

    def is_file(self, path: PathLike) -> bool:
        """Say whether there is a file."""
        stat = self.stat_many([path])[0]
        return stat is not None and not stat.is_dir

    def is_dir(self, path: PathLike) -> bool:
        """Say whether there is a folder."""
        stat = self.stat_many([path])[0]
        return stat is not None and stat.is_dir

    def hash(self, path: PathLike, algorithm: str | None = None) -> FileHash:
        """Return the hash of a file, computed on the board.

        Args:
            path: the file.
            algorithm: "sha256" or "crc32"; None for the better of those that the board has.

        Raises:
            FeatureUnavailableError: the board has no SHA-256.
            ArgumentValueError: another algorithm.
        """
        target = board_path(path)
        check_text("algorithm", algorithm, optional=True)
        has_sha256 = self.transfer.abilities.sha256
        if algorithm not in {None, "sha256", "crc32"}:
            raise ArgumentValueError(f"a board computes sha256 or crc32, not {algorithm!r}")
        if algorithm == "sha256" and not has_sha256:
            raise FeatureUnavailableError(
                f"{self._runtime.description} has no SHA-256: its firmware has no `hashlib.sha256`",
                hint='`"crc32"` works on every board',
            )
        is_sha256 = has_sha256 and algorithm != "crc32"
        value = self._verbs.do(
            "hashing", target, f"_belay_hf({encode(target)},{int(is_sha256)})", helpers=("check", "hash")
        )
        if isinstance(value, bytes):
            return FileHash("sha256", value.hex())
        return FileHash("crc32", f"{value:08x}")

    def usage(self, path: PathLike = "/") -> Usage:
        """Return how many files, folders and bytes a folder holds, all levels together."""
        top = board_path(path)
        told = self._verbs.do(
            "measuring", top, f"_belay_du({encode(folder_prefix(top))})", helpers=("entries", "usage")
        )
        return Usage(*self._verbs.numbers(told, len(Usage._fields)))

    def free(self, path: PathLike = "/") -> Space:
        """Return the room of the file system on which a path is."""
        top = board_path(path)
        told = self._verbs.do("measuring", top, f"_belay_fr({encode(top)})", helpers=("space",))
        return Space(*self._verbs.numbers(told, len(Space._fields)))

    # Reading and writing

    def read_bytes(self, path: PathLike, *, offset: int = 0, size: int = -1) -> bytes:
        """Return the content of a file, or a part of it.

        Args:
            path: the file.
            offset: first byte.
            size: how many bytes at most; -1 for all.

        Raises:
            ArgumentTypeError, ArgumentValueError: `offset` or `size` is no int, or out of its range.
        """
        check_number("offset", offset, least=0, most=_MOST_BYTES)
        check_number("size", size, least=-1)
        content = bytearray()
        refuse_in_batch(self._runtime, "`device.fs`")
        self.transfer.get(board_path(path), content.extend, offset=offset, size=min(size, _MOST_BYTES))
        return bytes(content)

    def read_text(self, path: PathLike, *, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return the content of a text file; line ends are left as they are.

        Raises:
            ArgumentTypeError, ArgumentValueError: `encoding` or `errors` is none; the content is none in it.
        """
        check_encoding(encoding, errors)
        return decoded(self.read_bytes(path), board_path(path), encoding=encoding, errors=errors)

    def write_bytes(
        self, path: PathLike, data: bytes | bytearray | memoryview, *, progress: Progress | None = None
    ) -> None:
        """Write a file; its folder must be there.

        Args:
            path: the file.
            data: its content.
            progress: gets the number of bytes that have left.

        Raises:
            NoSpaceError: it does not fit beside the older one.
            TransferError: the wire damaged it again and again.
        """
        self._write(path, data, progress, append=False)

    def write_text(self, path: PathLike, text: str, *, encoding: str = "utf-8") -> None:
        """Write a text file; line ends are left as they are.

        Raises:
            ArgumentTypeError, ArgumentValueError: `encoding` is none; it has no bytes for the text.
        """
        self.write_bytes(path, self._encoded(path, text, encoding))

    def append_bytes(self, path: PathLike, data: bytes | bytearray | memoryview) -> None:
        """Write behind what is in a file; one that is not there is made.

        The board copies the older content first, so that a reset leaves it with or without all of the new.
        """
        self._write(path, data, None, append=True)

    def append_text(self, path: PathLike, text: str, *, encoding: str = "utf-8") -> None:
        """Write text behind what is in a file, as `append_bytes` does."""
        self.append_bytes(path, self._encoded(path, text, encoding))

    def put(
        self, source: str | os.PathLike[str], target: PathLike, *, progress: Progress | None = None
    ) -> None:
        """Write a file of this computer to the board, whatever its size.

        Args:
            source: the file here.
            target: where on the board; with a slash at the end, the folder.
            progress: gets the number of bytes that have left; what it raises ends the transfer.

        Raises:
            HostFileError: the file here cannot be read.
            NoSpaceError: it does not fit beside the older one.
            TransferError: the wire damaged it again and again.
        """
        refuse_in_batch(self._runtime, "`device.fs`")
        check_function("progress", progress, hint=_PROGRESS)
        host = host_path("source", source)
        if isinstance(target, str) and target.endswith("/"):
            target += host.name
        path = writable_path(target)
        size = host_file_size(host)
        self.transfer.put([Upload(path, size, lambda: read_pieces(host))], progress=progress)

    def get(
        self, source: PathLike, target: str | os.PathLike[str], *, progress: Progress | None = None
    ) -> None:
        """Read a file of the board into one of this computer, which is whole or as it was.

        Args:
            source: the file on the board.
            target: where here; a folder gets a file of the same name.
            progress: gets the number of bytes that have come; what it raises ends the transfer.

        Raises:
            HostFileError: the file here cannot be written.
            TransferError: the wire damaged it again and again.
        """
        refuse_in_batch(self._runtime, "`device.fs`")
        check_function("progress", progress, hint=_PROGRESS)
        path = board_path(source)
        host = host_path("target", target)
        if host.is_dir():
            host /= path.rpartition("/")[2]
        done = 0
        with written_whole(host) as stream:

            def write(data: bytes) -> None:
                nonlocal done
                stream.write(data)
                done += len(data)
                if progress is not None:
                    progress(done)

            self.transfer.get(path, write)

    # Changing

    def remove(self, path: PathLike, *, recursive: bool = False, missing_ok: bool = False) -> None:
        """Remove a file or an empty folder, or with `recursive` a folder and all that is in it.

        Raises:
            FileNotFoundError: it is not there, and `missing_ok` is not given.
            BoardPathError: the root, which cannot be removed, or the current folder or one above, which would
                be emptied only, or a folder at or below which a file system is mounted; nothing was removed.
        """
        check_flag("recursive", recursive)
        check_flag("missing_ok", missing_ok)
        target = board_path(path)
        if target.rpartition("/")[2] in {".", ".."}:
            raise BoardPathError(
                f"`{target}` is the board's current folder or one above it, which cannot be removed",
                hint="give its whole path, once another one is the current folder",
            )
        if recursive:
            self.refuse_mounted(target)
        _refuse_root(target, "remove")
        with suppress(FileNotFoundError) if missing_ok else nullcontext():
            self._remove(target, int(recursive))

    def refuse_mounted(self, path: PathLike) -> None:
        """Refuse a path that a mounted folder is at, below or above: its files are those of this computer.

        Raises:
            BoardPathError: one is.
        """
        if not self._runtime.mounts:
            return
        target = board_path(path)
        if not target.startswith("/"):
            target = board_path(f"{self.current_folder()}/{target}")
        for mount in sorted(self._runtime.mounts):
            if f"{mount}/".startswith(f"{target.rstrip('/')}/") or f"{target}/".startswith(f"{mount}/"):
                raise BoardPathError(
                    f"removing all of `{target}` would remove files of this computer, mounted at `{mount}`",
                    hint="unmount it first, or remove the files here",
                )

    def remove_only(
        self, path: PathLike, kind: Literal["file", "folder"], *, missing_ok: bool = False
    ) -> None:
        """Remove a file, or an empty folder, and nothing of the other kind.

        Raises:
            BoardPathError: the root.
            IsADirectoryError, NotADirectoryError: it is of the other kind.
        """
        if kind not in ("file", "folder"):
            raise ArgumentValueError(f'`kind` must be "file" or "folder", not {kind!r}')
        check_flag("missing_ok", missing_ok)
        target = board_path(path)
        _refuse_root(target, "remove")
        with suppress(FileNotFoundError) if missing_ok else nullcontext():
            self._remove(target, _ONLY[kind])

    def _remove(self, target: str, how: int) -> None:
        expression = f"_belay_rm({encode(target)},{how})"
        helpers = ("entries", mounts_helper(self._runtime), "remove")

        def again() -> None:
            with suppress(FileNotFoundError):  # it was removed, and only the answer was lost
                self._verbs.do("removing", target, expression, helpers=helpers)

        try:
            self._verbs.do_once("removing", target, expression, helpers=helpers, again=again)
        except BoardException as error:
            mount = mount_point(error)
            if mount is None:
                raise
            raise BoardPathError(
                f"`{target}` of {self._runtime.description} cannot be removed: a file system is mounted at"
                f" `{mount}`; nothing was removed",
                hint="what is in it can be removed, with `device.fs.remove(PATH, recursive=True)`; the place"
                " itself goes once nothing is mounted there",
            ) from error

    def mkdir(self, path: PathLike, *, parents: bool = False, exist_ok: bool = False) -> None:
        """Make a folder.

        Args:
            path: the folder.
            parents: make those above it too.
            exist_ok: whether it may be there.
        """
        check_flag("parents", parents)
        check_flag("exist_ok", exist_ok)
        target = writable_path(path, is_written=False)

        what, call = "making the folder", f"_belay_mk({encode(target)},{int(parents)}"
        self._verbs.do_once(
            what,
            target,
            f"{call},{int(exist_ok)})",
            helpers=("paths",),
            again=lambda: self._verbs.do(what, target, f"{call},1)", helpers=("paths",)),
        )

    def rename(self, source: PathLike, target: PathLike, *, overwrite: bool = False) -> None:
        """Rename or move a file or a folder within a file system.

        Args:
            source: what.
            target: its new path.
            overwrite: whether it may take the place of a file.

        Raises:
            FileExistsError: there is one already.
            BoardPathError: the root, which stays.
        """
        check_flag("overwrite", overwrite)
        old, new = board_path(source), writable_path(target, is_written=False)
        _refuse_root(old, "rename")
        expression = f"_belay_rn({encode(old)},{encode(new)},{int(overwrite)})"
        to = f" to `{new}`"

        def again() -> None:
            if [stat is not None for stat in self.stat_many([old, new])] != [False, True]:
                self._verbs.do("renaming", old, expression, helpers=("paths",), to=to)

        self._verbs.do_once("renaming", old, expression, helpers=("paths",), to=to, again=again)

    def copy(self, source: PathLike, target: PathLike) -> None:
        """Copy a file on the board, in place of one that may be there.

        Raises:
            NoSpaceError: it does not fit.
        """
        old, new = board_path(source), writable_path(target)
        self._verbs.do(
            "copying",
            old,
            f"_belay_cp({encode(old)},{encode(new)})",
            helpers=(*WRITING_HELPERS, *ROOM_HELPERS, "copy"),
            to=f" to `{new}`",
            written=new,
        )

    def touch(self, path: PathLike, *, exist_ok: bool = True) -> None:
        """Make an empty file if there is none.

        Raises:
            FileExistsError: there is one, and that is not `exist_ok`.
            ConnectionLost: the link broke; without `exist_ok` it is not tried again.
        """
        check_flag("exist_ok", exist_ok)
        target = writable_path(path, is_written=False)
        if exist_ok:
            self._verbs.do("touching", target, f"_belay_to({encode(target)})", helpers=("paths",))
        else:
            code = f'__import__("builtins").open({encode(target)},"xb").close()'
            self._verbs.do_once("making", target, code, again=None)  # later nobody knows who has made it

    def mend(self, path: PathLike = "/") -> builtins.list[str]:
        """Finish or remove what a reset has left of files that were being written, in a folder and below.

        Returns:
            The files of which something was left.
        """
        top = board_path(path)
        mended = self._verbs.do(
            "mending",
            top,
            f"_belay_me({encode(folder_prefix(top))})",
            helpers=("entries", *WRITING_HELPERS, "mend"),
        )
        return [str(name) for name in mended] if isinstance(mended, list) else []

    # Below

    @staticmethod
    def _encoded(path: PathLike, text: str, encoding: str) -> bytes:
        check_text("text", text)
        check_encoding(encoding)
        return encoded(text, board_path(path), encoding=encoding)

    def _write(
        self, path: PathLike, data: bytes | bytearray | memoryview, progress: Progress | None, *, append: bool
    ) -> None:
        refuse_in_batch(self._runtime, "`device.fs`")
        check_bytes("data", data)
        check_function("progress", progress, hint=_PROGRESS)
        verb: Verb = "append" if append else "write"
        content = bytes(data)
        upload = Upload(writable_path(path), len(content), lambda: [content], verb)
        self.transfer.put([upload], progress=progress)


def _refuse_root(path: str, verb: str) -> None:
    if path == "/":
        raise BoardPathError(
            f"the root folder cannot be {verb}d", hint=f"{verb} what is in it: `device.fs.list()`"
        )
