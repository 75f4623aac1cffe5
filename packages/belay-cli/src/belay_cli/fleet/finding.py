"""Which boards a choice means: names and addresses, each board once.

Knows ports, aliases and what USB tells. Opens no board: `muster` asks those whose own identity counts.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from belay_cli.targets import find_address
from belay_pm.command_line.errors import MisuseError
from belay_transport.address import SerialAddress, SimAddress, UsbAddress, hide_password, parse_address
from belay_transport.errors import AddressError, DeviceNotFoundError, InsufficientSpecifierError
from belay_transport.ports import UsbSpecifier, list_devices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from belay_cli.fleet.choice import Choice

__all__ = ["Member", "find_members", "plain_id", "with_ids"]

_USB_HINT = "`belay devices` shows what there is: `--usb 2e8a:0005`, `--usb serial_number=E6614`"
_NUMBERS = ("vid", "pid")
"""In hex, as `belay devices` prints them; in JSON they are what JSON says."""


class Member(NamedTuple):
    """A board of a fleet.

    Attributes:
        name: what it is called on the screen; no other member has it.
        address: what opens it.
        serial_number: what USB tells, if it was looked at.
    """

    name: str
    address: str
    serial_number: str | None = None


def find_members(choice: Choice) -> list[Member]:
    """Return the boards that are meant; of `choice.ids` nothing is known yet.

    Raises:
        MisuseError: a board is named twice, or a filter makes no sense.
        AddressError: something that was typed is no address and no alias.
        DeviceNotFoundError: all boards are meant, and there is none that fits; the message lists each port.
    """
    choice.check()
    for text in choice.ids:
        plain_id(text)  # for its error, before any port is looked at
    if choice.every:
        return _plugged_in(_specifier(choice.usb))
    named = [(hide_password(port), find_address(port) or port) for port in choice.ports]
    seen: dict[object, str] = {}
    for name, address in named:
        identity = _identity(address)
        if identity is not None and identity in seen:
            raise MisuseError(
                f"The same board is named twice: `{seen[identity]}` and `{name}`",
                hint="leave one of them out",
            )
        seen[identity] = name
    return [
        Member(name, address)
        for name, (_, address) in zip(_distinct([name for name, _ in named]), named, strict=True)
    ]


def plain_id(text: str) -> str:
    """Return an identity as it is compared: hex digits in lower case.

    Raises:
        MisuseError: it is none.
    """
    plain = text.replace(":", "").replace("-", "").lower()
    if not plain or set(plain) - set("0123456789abcdef"):
        raise MisuseError(
            f"`{text}` is not the identity of a board",
            hint="`belay eval 'machine.unique_id().hex()'` prints it: `--id e6614103e7452d2f`",
        )
    return plain


def with_ids(members: Sequence[Member], wanted: Iterable[str], told: Mapping[str, str]) -> list[Member]:
    """Return the boards with one of these identities.

    Args:
        members: all that may be meant.
        wanted: identities, as typed.
        told: for the name of each board that was asked its identity, or why it told none.

    Raises:
        DeviceNotFoundError: an identity is that of no board; the message lists what each told.
    """
    ids = {member.name: told.get(member.name, (member.serial_number or "").lower()) for member in members}
    missing = [text for text in wanted if plain_id(text) not in ids.values()]
    if missing:
        looked_at = "".join(f"\n  {member.name}: {ids[member.name] or 'not asked'}" for member in members)
        raise DeviceNotFoundError(
            f"No board has the identity `{missing[0]}`; looked at{looked_at}",
            hint="leave `--id` out for all of them, or give one of these",
        )
    plain = {plain_id(text) for text in wanted}
    return [member for member in members if ids[member.name] in plain]


def _plugged_in(wanted: UsbSpecifier) -> list[Member]:
    fitting = [device for device in list_devices() if wanted.why_not(device) is None]
    if not fitting:
        wanted.to_port()  # for its error, which says of each port why it is not meant
    return [Member(str(device.device), str(device.device), device.serial_number) for device in fitting]


def _specifier(words: Sequence[str]) -> UsbSpecifier:
    """Return what all of these words ask for.

    Raises:
        MisuseError: one makes no sense, or contradicts another.
    """
    fields: dict[str, int | str] = {}
    for word in words:
        for name, value in _fields(word).items():
            if fields.setdefault(name, value) != value:
                raise MisuseError(
                    f"`--usb` asks for two values of {name}: {fields[name]!r} and {value!r}",
                    hint="leave one of them out; a board has to fit all that is asked for",
                )
    return UsbSpecifier(**fields)  # type: ignore[arg-type] # each was in a specifier already


def _fields(word: str) -> dict[str, int | str]:
    try:
        if word.lstrip().startswith("{"):
            return UsbSpecifier.from_json(word).fields()
        name, equals, text = word.partition("=")
        if equals:
            return _one_field(name, _hex(text, word) if name in _NUMBERS else text)
        return _numbers(word).fields()
    except AddressError as error:
        raise MisuseError(f"`--usb {word}`: {error}", hint=error.hint or _USB_HINT) from error


def _numbers(word: str) -> UsbSpecifier:
    vid, colon, pid = word.partition(":")
    if not colon:
        raise AddressError(f"`{word}` is neither VID:PID nor `field=value` nor JSON", hint=_USB_HINT)
    return UsbSpecifier(vid=_hex(vid, word), pid=_hex(pid, word))


def _one_field(name: str, value: int | str) -> dict[str, int | str]:
    import json  # noqa: PLC0415 - only a filter needs it

    return UsbSpecifier.from_json(json.dumps({name: value})).fields()


def _hex(text: str, word: str) -> int:
    try:
        return int(text, 16)
    except ValueError as error:
        raise AddressError(f"`{text}` in `{word}` is not a number in hex", hint=_USB_HINT) from error


def _identity(address: str) -> object:
    """Return what two addresses of the same board have in common; None if each opening makes a board."""
    parsed = parse_address(address)
    if isinstance(parsed, SimAddress):
        disk = dict(parsed.pairs).get("disk")
        return ("sim", parsed.name, disk and os.path.realpath(disk)) if parsed.name or disk else None
    if isinstance(parsed, UsbAddress):
        try:
            parsed = SerialAddress(parsed.specifier.to_port())
        except (DeviceNotFoundError, InsufficientSpecifierError):
            return parsed  # opening it tells why, and the other boards are done nevertheless
    if isinstance(parsed, SerialAddress) and "://" not in parsed.port:
        port = parsed.port
        # udev rules give a port other names, which are links; Windows does not mind the case.
        return ("port", os.path.realpath(port) if os.path.lexists(port) else port.upper())
    return parsed


def _distinct(names: Sequence[str]) -> list[str]:
    """Return the names, those that are the same with a number behind."""
    counts, seen = Counter(names), Counter[str]()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(f"{name}#{seen[name]}" if counts[name] > 1 else name)
    return distinct
