"""One job on many boards, from the words that name them to the exit code.

Puts the other rooms together: finds the boards, opens each in its thread, shows what comes meanwhile, and
tells what came of it.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from belay.exceptions import BelayException, BoardException
from belay_cli import console
from belay_cli.boards import ended_by_signals, opened
from belay_cli.failures import RULES
from belay_cli.fleet.asking import ask_identities
from belay_cli.fleet.crew import Crew, StoppedError
from belay_cli.fleet.finding import find_members, plain_id, with_ids
from belay_cli.fleet.jobs import Post
from belay_cli.fleet.lines import BoardLines
from belay_cli.fleet.screen import Screen
from belay_cli.fleet.summary import INTERRUPTED, LEFT, Done, Report, facts, short, summary
from belay_cli.progress import Gauge
from belay_pm.command_line.errors import CommandError, OutputError
from belay_pm.command_line.failures import DONE, failure_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay_cli.fleet.choice import Choice
    from belay_cli.fleet.finding import Member
    from belay_cli.fleet.jobs import Job
    from belay_pm.command_line.table import Failure

__all__ = ["muster"]

_MOST_NAMED = 8
"""In a hint: a line that is still read."""


def muster(
    choice: Choice, job: Job, *, password: str | None, startup: str | None = "", as_json: bool = False
) -> None:
    """Do a job on all boards that are meant, and tell what came of each.

    Args:
        choice: which.
        job: what.
        password: for boards that ask for one.
        startup: as for `belay.Device`.
        as_json: print what came of each as a JSON array.

    Raises:
        MisuseError: the choice makes no sense.
        BelayException: no board fits.
        CommandError: some of them failed; what was wrong with each is told already.
        KeyboardInterrupt: Ctrl-C; the boards' programs are interrupted by then.
    """
    with ended_by_signals():
        members = find_members(choice)
        if choice.ids:
            members = _chosen(members, choice.ids, password=password)
        fleet = _Fleet(members, job, password=password, startup=startup)
        try:
            fleet.run()
        except KeyboardInterrupt:
            fleet.leave()
            fleet.tell(as_json=as_json)
            raise
        fleet.tell(as_json=as_json)
    failed = [
        member.name
        for member, report in zip(members, fleet.reports, strict=True)
        if report is None or report.done is None
    ]
    if failed:
        raise CommandError(f"{len(failed)} of {len(members)} boards failed", hint=_again(failed))


class _Fleet:
    """The boards while they are worked on.

    Attributes:
        reports: what came of each, in the order of the members; None for one that was not begun.
    """

    def __init__(
        self, members: Sequence[Member], job: Job, *, password: str | None, startup: str | None
    ) -> None:
        self._members = members
        self._job = job
        self._password = password
        self._startup = startup
        self._screen = Screen([member.name for member in members])
        self._crew = Crew(len(members), self._work)
        self._running: dict[int, tuple[float, BoardLines]] = {}
        self.reports: list[Report | None] = [None] * len(members)

    def run(self) -> None:
        """Do the job everywhere."""
        with self._screen:
            self._crew.run()

    def leave(self) -> None:
        """Know of boards that are worked on still, as after a second Ctrl-C, that nobody waits for them."""
        for number, (began, output) in sorted(self._running.items()):
            output.end()
            self.reports[number] = Report(time.monotonic() - began, None, LEFT)

    def tell(self, *, as_json: bool) -> None:
        """Print the data of all boards, and the table."""
        named = [(member.name, report) for member, report in zip(self._members, self.reports, strict=True)]
        if as_json:
            objects = [facts(name, report) for name, report in named]
            console.print_json(objects)
        else:
            for number, (_, report) in enumerate(named):
                for line in report.done.lines.splitlines() if report and report.done else ():
                    console.data(self._screen.prefix(number) + line)
        console.words(summary([name for name, _ in named], self.reports))

    def _work(self, number: int) -> None:
        """Do everything for one board; what is wrong with it alone is a report."""
        began = time.monotonic()
        output = BoardLines(self._screen.prefix(number).encode(), self._screen.pass_on)
        self._running[number] = began, output
        done, failure = None, None
        try:
            done = self._done(number, output)
        except StoppedError:
            failure = INTERRUPTED
        except Exception as error:
            failure = self._failure(error)
            if failure is None:
                raise
            if failure.exit_code == DONE:  # `sys.exit()` on the board
                done, failure = Done("ran"), None
        report = Report(time.monotonic() - began, done, failure)
        self.reports[number] = report
        del self._running[number]
        is_told = failure is not None and failure is not INTERRUPTED
        if failure is not None and is_told:
            self._screen.words(number, _in_full(failure))
        self._screen.end(number, short(report), is_told=is_told)

    def _failure(self, error: Exception) -> Failure | None:
        """Return what went wrong with one board; None for what is wrong with the command or its output."""
        if isinstance(error, OutputError | BrokenPipeError) and not isinstance(error, BoardException):
            return None
        if self._crew.stopping.is_set() and isinstance(error, BelayException):
            return INTERRUPTED
        return failure_for(RULES, error)

    def _done(self, number: int, output: BoardLines) -> Done:
        self._screen.show(number, "connecting")
        gauge = Gauge()

        def update(**changed: Any) -> None:  # Any: keywords of `Gauge.take`
            gauge.take(**changed)
            text = str(gauge)
            self._screen.show(number, text or str(changed.get("description", "")), is_passing=bool(text))

        post = Post(update, lambda words: self._screen.show(number, words), self._crew.stopping)
        with (
            opened(
                self._members[number].address,
                password=self._password,
                startup=self._startup,
                stream_out=output,
            ) as device,
            self._crew.holding(device),
        ):
            try:
                return self._job(device, post)
            finally:
                output.end()


def _again(names: Sequence[str]) -> str | None:
    """Return how these boards alone are named, if that can be typed: of several `sim:` each is a new one."""
    if len(names) > _MOST_NAMED or any("#" in name for name in names):
        return None
    import shlex  # noqa: PLC0415 - only a failure needs it

    return f"`{' '.join(f'--port {shlex.quote(name)}' for name in names)}` means those alone"


def _chosen(members: Sequence[Member], wanted: Sequence[str], *, password: str | None) -> list[Member]:
    """Return the boards with these identities.

    A serial number that is one of them, as most firmwares have it, is answer enough; only where some are
    left, the other boards are asked, which interrupts whatever they do.
    """
    ids = {plain_id(text) for text in wanted}
    serials = {(member.serial_number or "").lower() for member in members}
    others = [member for member in members if (member.serial_number or "").lower() not in ids]
    told = ask_identities(others, password=password) if ids - serials else {}
    return with_ids(members, wanted, told)


def _in_full(failure: Failure) -> str:
    label = f"{console.coloured(f'{failure.label}:', 'red', sys.stderr)} " if failure.label else ""
    hint = f"\n{console.coloured('hint:', 'cyan', sys.stderr)} {failure.hint}" if failure.hint else ""
    return f"{label}{failure.message or f'exit code {failure.exit_code}'}{hint}"
