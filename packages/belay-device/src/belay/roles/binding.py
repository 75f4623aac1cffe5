"""The roles of one device object: which methods of its class run on its board, and when.

This room knows classes, their order and the four moments: binding, autoinit, a `super()` call, closing.
What a role does is its own room.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from belay.names import check_method_name
from belay.roles.errors import note
from belay.roles.marks import HIDDEN_ROLES, RoleMethod
from belay.roles.namesake import Namesake
from belay.roles.setup import Setup, SetupNamespace
from belay.roles.tasking import TaskNamespace
from belay.roles.teardown import Teardown, TeardownNamespace
from belay.roles.thread import ThreadNamespace

if TYPE_CHECKING:
    from belay.roles.board import Board
    from belay.roles.executer import Executer
    from belay.roles.namespace import Namespace

__all__ = ["BoundRoles", "bind_roles", "class_roles", "find_registered", "run_autoinit", "run_teardowns"]

_log = logging.getLogger("belay.roles")


def class_roles(device_class: type) -> dict[str, RoleMethod]:
    """Return the methods of a class that run on the board, by attribute name, in the order of definition.

    Bases come first. A name that a class defines again keeps its place and takes the new meaning;
    one that is defined again as something else has no role any more.
    """
    found: dict[str, object] = {}
    for base in reversed(device_class.__mro__):
        for name, value in vars(base).items():
            if isinstance(value, RoleMethod) or name in found:
                found[name] = value
    return {name: value for name, value in found.items() if isinstance(value, RoleMethod)}


def bind_roles(device: object, board: Board) -> None:
    """Give a device object its decorators and its methods that run on the board; one submission.

    Puts `task`, `setup`, `thread`, `teardown` and each method into the object's `__dict__`.

    Raises:
        NoMatchingExecuterError: a method has no definition for the board's implementation.
        FeatureUnavailableError: a method is a thread, and the board has none.
        SpecialFunctionNameError: a method's name is reserved.
        UnsupportedFunctionError: a method's source cannot run on a board.
        BoardException: the board refused a method's source.
    """
    roles = BoundRoles(board)
    executers = {
        name: method.select(board.implementation).bind(board)
        for name, method in class_roles(type(device)).items()
        if _is_allowed(name)
    }
    definitions = [executer.definition() for executer in executers.values()]
    board.define([definition for definition in definitions if definition is not None])
    attributes = vars(device)
    attributes[HIDDEN_ROLES] = roles
    attributes.update(roles.namespaces)
    for name, executer in executers.items():
        roles.add(name, executer)
        attributes[name] = _attribute(name, executer, roles.namespaces)


def run_autoinit(device: object) -> None:
    """Run the setups with `autoinit=True` of a bound device, in the order of definition."""
    _roles_of(device).run_autoinit()


def run_teardowns(device: object) -> None:
    """Run all teardowns of a device, in the order of definition, whatever fails.

    A device that was never bound has none.

    Raises:
        BoardException, ConnectionLost, …: the first failure, when all have been tried; notes name the others.
    """
    roles = vars(device).get(HIDDEN_ROLES)
    if roles is not None:
        roles.run_teardowns()


def find_registered(device: object, name: str) -> Executer | None:
    """Return the task, setup, thread or teardown that a device has registered under a name, or None."""
    for namespace in _roles_of(device).namespaces.values():
        found: Executer | None = vars(namespace).get(name)
        if found is not None:
            return found
    return None


class BoundRoles:
    """What one device object knows of its roles.

    Args:
        board: where they run.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._executers: dict[str, Executer] = {}
        self._hidden: dict[RoleMethod, Executer] = {}
        self._teardowns: list[Teardown[...]] = []
        self.namespaces: dict[str, Namespace] = {
            "task": TaskNamespace(board),
            "setup": SetupNamespace(board),
            "thread": ThreadNamespace(board),
            "teardown": TeardownNamespace(board, self._teardowns),
        }

    def add(self, attribute: str, executer: Executer) -> None:
        """Take in a method that has been bound."""
        self._executers[attribute] = executer
        if executer.options.register:
            vars(self.namespaces[executer.kind])[executer.name] = executer
        if isinstance(executer, Teardown):
            self._teardowns.append(executer)

    def find(self, method: RoleMethod) -> Executer:
        """Return the executer of a method that the class hides: `super().name` in a method of the host's.

        It is sent to the board when it is first asked for.

        Raises:
            AttributeError: another function has its name on the board.
        """
        if method in self._hidden:
            return self._hidden[method]
        executer = method.select(self._board.implementation).bind(self._board)
        definition = executer.definition()
        if definition is not None:
            names = {bound.name for bound in self._executers.values() if bound.definition() is not None}
            if executer.name in names:
                raise AttributeError(
                    f"the base's `{executer.name}` is not on the board: the subclass's has its name there"
                )
            self._board.define([definition])
        self._hidden[method] = executer
        return executer

    def run_autoinit(self) -> None:
        """Run the setups with `autoinit=True`, in the order of definition."""
        for executer in self._executers.values():
            if isinstance(executer, Setup) and executer.options.autoinit:
                executer.run()

    def run_teardowns(self) -> None:
        """Run all teardowns in order; raise the first failure at the end."""
        first: BaseException | None = None
        for teardown in self._teardowns:
            try:
                teardown.run()
            except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001, PERF203 - all run, then the first is raised
                if first is None:
                    first = error
                    continue
                note(first, f"teardown `{teardown.name}` failed too: {type(error).__name__}")
                _log.warning("teardown `%s` failed too: %s", teardown.name, error)
        if first is not None:
            raise first


def _roles_of(device: object) -> BoundRoles:
    roles: BoundRoles = vars(device)[HIDDEN_ROLES]
    return roles


def _is_allowed(name: str) -> bool:
    check_method_name(name)
    return True


def _attribute(name: str, executer: Executer, namespaces: dict[str, Namespace]) -> object:
    return Namesake(executer, namespaces[name]) if name in namespaces else executer
