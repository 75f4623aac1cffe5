"""Runs one `manifest.py` that somebody trusts, and writes down which of its functions it calls.

A process of its own: it is told what to do by JSON on stdin, and answers in a file; what the manifest prints
is not looked at. Imports nothing of ours.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any

__all__ = ["main"]


class Options:
    """What a manifest finds in `options`; a name that nobody gave is None."""

    def __init__(self, given: dict[str, object]) -> None:
        self._given = given
        self._defaults: dict[str, object] = {}

    def __getattr__(self, name: str) -> object:
        return self._given.get(name, self._defaults.get(name))

    def defaults(self, **values: object) -> None:
        """Say what options are when nobody gives them."""
        self._defaults.update(values)


class Recorder:
    """Writes calls down.

    Args:
        manifest: the file's path.
    """

    def __init__(self, manifest: str) -> None:
        self.calls: list[dict[str, Any]] = []  # Any: JSON
        self._manifest = manifest
        self._folder = os.path.dirname(manifest)  # noqa: PTH120 - texts, as the manifest's own paths are

    def function(self, name: str) -> Any:  # Any: a function of any arguments
        """Return what stands for a manifest's function."""

        def record(*arguments: object, **keywords: object) -> None:
            frame = sys._getframe(1)  # noqa: SLF001 - the only way to know the manifest's line
            while frame is not None and frame.f_code.co_filename != self._manifest:
                frame = frame.f_back  # type: ignore[assignment] # None at the end
            self.calls.append(
                {
                    "line": frame.f_lineno if frame is not None else 0,
                    "function": name,
                    "arguments": [self._plain(value) for value in arguments],
                    "keywords": {key: self._plain(value) for key, value in keywords.items()},
                }
            )

        return record

    def _plain(self, value: object) -> object:
        """Return a value as JSON has it; a path into the manifest's folder starts there again."""
        if isinstance(value, os.PathLike):
            value = os.fspath(value)
        if isinstance(value, str):
            if os.path.isabs(value) and (value + os.sep).startswith(self._folder + os.sep):  # noqa: PTH117 - as above
                return os.path.relpath(value, self._folder).replace(os.sep, "/")
            return value
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, list | tuple):
            return [self._plain(part) for part in value]
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            return {key: self._plain(part) for key, part in value.items()}
        raise TypeError(f"{value!r:.80} is no text, number, list or dict of such")


def main() -> None:
    """Do what stdin says."""
    told = json.load(sys.stdin)
    manifest, answer = told["manifest"], told["answer"]
    recorder = Recorder(manifest)
    names: dict[str, object] = {name: recorder.function(name) for name in told["functions"]}
    names |= {"options": Options(told["options"]), "__file__": manifest, "__name__": "manifest"}
    problem: dict[str, object] | None = None
    os.chdir(os.path.dirname(manifest))  # noqa: PTH120 - as above
    sys.path.insert(0, os.path.dirname(manifest))  # noqa: PTH120 - as above
    try:
        with open(manifest, encoding="utf-8-sig") as file:  # noqa: PTH123 - as above
            exec(compile(file.read(), manifest, "exec"), names)  # noqa: S102 - this is what the person trusted
    except BaseException as error:  # noqa: BLE001 - told, whatever it is
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == manifest]
        line = frames[-1].lineno if frames else getattr(error, "lineno", None)
        problem = {"line": line or 0, "text": f"{type(error).__name__}: {error}"}
    with open(answer, "w", encoding="utf-8") as file:  # noqa: PTH123 - as above
        json.dump({"calls": recorder.calls, "problem": problem}, file)


if __name__ == "__main__":
    main()
