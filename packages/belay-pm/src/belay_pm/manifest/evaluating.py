"""From a manifest to all that it and those that it includes say.

Knows how manifests lead to each other; what the calls do lies in `functions`, how they are found elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from belay_pm.errors import ManifestError, PackageError
from belay_pm.manifest.found import Level, Spot
from belay_pm.manifest.functions import FUNCTIONS, Functions
from belay_pm.manifest.interpreting import interpret
from belay_pm.manifest.libraries import own_root
from belay_pm.manifest.limits import MOST_MANIFESTS, MOST_PROBLEMS
from belay_pm.manifest.paths import joined, shown
from belay_pm.manifest.stamping import StampedTree
from belay_pm.manifest.trusted import run_manifest
from belay_pm.manifest.values import Manifest, Metadata
from belay_pm.masking import printable
from belay_pm.target_paths import refuse_clashes
from belay_pm.trees import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from belay_pm.manifest.interpreting import Call
    from belay_pm.manifest.values import ManifestFile, Mode

__all__ = ["READ_ONLY", "check_manifest", "evaluate_manifest"]

READ_ONLY = "a manifest is read and never run: write down what it computes, as literals"


def evaluate_manifest(
    place: Place,
    *,
    variables: Mapping[str, Place] | None = None,
    options: Mapping[str, object] | None = None,
    mode: Mode = "deploy",
    libraries: Mapping[str, Place] | None = None,
    trusted: bool = False,
) -> Manifest:
    """Return what a manifest says; nothing of it is run, unless it is trusted and cannot be read otherwise.

    Args:
        place: the manifest, or its folder; nothing outside of its tree and of the variables' is looked at.
        variables: name -> folder, for `$(NAME)`; `MPY_LIB_DIR` is a checkout of micropython-lib as well.
            Where it is not set and files are for a board, a tree that is laid out as micropython-lib is its
            own: what `require` finds there is told with its folder.
        options: what the manifest finds in `options`.
        mode: files for a board, or a firmware.
        libraries: more that `require` searches, name -> folder, before those of `MPY_LIB_DIR`.
        trusted: whether those that do more than can be followed are run, see `trusted`; a note tells of each.

    Raises:
        ManifestError: something in it cannot be followed; the text names file, line and construct, and all
            such problems.
        UnsafePathError: a path leaves its tree, or is none on some computer, and that is all that is wrong.
        SourceError: a file cannot be read, and that is all that is wrong.
    """
    manifest = check_manifest(
        place, variables=variables, options=options, mode=mode, libraries=libraries, trusted=trusted
    )
    problems = manifest.problems
    if len(problems) == 1:
        raise problems[0]
    if problems:
        told = "\n".join(f"- {problem}" for problem in problems)
        hint = next((problem.hint for problem in problems if problem.hint), None)
        raise ManifestError(f"A manifest has {len(problems)} problems:\n{told}", hint=hint)
    return manifest


def check_manifest(
    place: Place,
    *,
    variables: Mapping[str, Place] | None = None,
    options: Mapping[str, object] | None = None,
    mode: Mode = "deploy",
    libraries: Mapping[str, Place] | None = None,
    trusted: bool = False,
) -> Manifest:
    """Return what a manifest says as far as it can be followed, with all its problems.

    The arguments are those of `evaluate_manifest`.
    """
    own = None if mode == "firmware" or "MPY_LIB_DIR" in (variables or {}) else own_root(place)
    evaluation = _Evaluation(dict(variables or {}), dict(libraries or {}), mode, own, trusted=trusted)
    return evaluation.manifest(place, dict(options or {}))


class _Evaluation:
    def __init__(
        self,
        variables: dict[str, Place],
        libraries: dict[str, Place],
        mode: Mode,
        own: Place | None,
        *,
        trusted: bool,
    ) -> None:
        self._trusted = trusted
        self._functions = Functions(
            variables=variables, libraries=libraries, mode=mode, own=own, descend=self._descend
        )
        self._visited: set[Place] = set()
        self._problems: list[PackageError] = []

    def manifest(self, place: Place, options: dict[str, Any]) -> Manifest:
        if place.tree.kind(place.path) == "folder":
            place = joined(place, "manifest.py")
        level = Level()
        folder = Place(place.tree, place.path.rpartition("/")[0])
        try:
            self._read(place, options, Spot(folder, level, f"`{shown(place)}`"))
        except PackageError as error:
            self._problems.append(error)
        found = self._functions.found
        files = tuple(_stamped(*found.files[target][:2]) for target in sorted(found.files))
        try:
            refuse_clashes((file.target for file in files), source=shown(place))
        except PackageError as error:
            self._problems.append(error)
        return Manifest(
            files,
            tuple(found.requires.values()),
            level.metadata or Metadata(),
            tuple(map(printable, found.notes)),
            tuple(found.c_modules),
            tuple(self._problems),
        )

    def _descend(self, place: Place, options: dict[str, Any], spot: Spot) -> None:
        folder = Place(place.tree, place.path.rpartition("/")[0])
        self._read(place, options, replace(spot, folder=folder, depth=spot.depth + 1))

    def _read(self, place: Place, options: dict[str, Any], spot: Spot) -> None:
        if place in self._visited:
            return
        if len(self._visited) >= MOST_MANIFESTS:
            raise ManifestError(f"more than {MOST_MANIFESTS} manifests lead to each other")
        self._visited.add(place)
        script = interpret(place.tree.read(place.path), functions=FUNCTIONS, options=options)
        if self._trusted and any(problem.unknown for problem in script.problems):
            try:
                script = run_manifest(place, functions=FUNCTIONS, options=options)
            except ManifestError as error:
                raise ManifestError(f"`{shown(place)}`: {error}", hint=error.hint) from error
            self._functions.found.notes.setdefault(f"`{shown(place)}` was run: it is trusted")
        for problem in script.problems:
            line = f", line {problem.line}" if problem.line else ""
            hint = READ_ONLY if problem.unknown else None
            self._problem(ManifestError(printable(f"`{shown(place)}`{line}: {problem.text}"), hint=hint))
        for call in script.calls:
            if len(self._problems) >= MOST_PROBLEMS:
                return
            self._call(call, replace(spot, where=f"`{shown(place)}`, line {call.line}"))

    def _call(self, call: Call, spot: Spot) -> None:
        function = FUNCTIONS[call.function]
        try:
            try:
                _bind(function, call)
            except TypeError as error:
                raise ManifestError(f"`{call.function}` {error}") from error
            function(self._functions, spot, *call.arguments, **call.keywords)
        except PackageError as error:
            # A class with arguments of its own cannot be made anew with another text.
            told = type(error) if type(error).__init__ is PackageError.__init__ else ManifestError
            self._problem(told(printable(f"{spot.where}: {error}"), hint=error.hint))

    def _problem(self, error: PackageError) -> None:
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(error)


def _bind(function: Callable[..., None], call: Call) -> None:
    """Raise TypeError, with a sentence, when the arguments do not suit the function."""
    import inspect  # noqa: PLC0415 - 5 ms that listing commands must not pay

    inspect.signature(function).bind(None, None, *call.arguments, **call.keywords)


def _stamped(file: ManifestFile, level: Level) -> ManifestFile:
    if file.kind != "compile":
        return file
    version = level.metadata.version if level.metadata else None
    return replace(file, place=Place(StampedTree(file.place.tree, version), file.place.path))
