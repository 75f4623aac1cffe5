"""Which serial ports hold bytes back while the board behind them is busy.

A board that is USB itself makes the host wait; a USB bridge takes every byte and passes it on over
two wires without flow control, where a busy board loses what its buffer (about 256 bytes) cannot
hold. Guessing wrong towards "holds back" loses bytes, towards "does not" costs one more turnaround
for long code: in doubt the answer is no.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from belay_transport.ports import PTYS, list_devices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from belay_transport.ports import PortInfo

__all__ = ["holds_bytes_back"]

_BRIDGE_VENDORS = {
    0x0403: "FTDI",
    0x04B4: "Cypress (KitProg)",
    0x067B: "Prolific",
    0x0D28: "Arm DAPLink (micro:bit)",
    0x10C4: "Silicon Labs CP210x",
    0x1366: "SEGGER J-Link",
    0x1A86: "WCH CH340, CH343, CH9102",
    0x1FC9: "NXP LPC-Link, MCU-Link",
}
"""Vendors of bridges and debug probes whose serial port is a UART, CDC class or not."""

_BRIDGES = {
    (0x03EB, 0x2111): "Microchip EDBG",
    (0x03EB, 0x2141): "Microchip ICE",
    (0x03EB, 0x2145): "Microchip mEDBG",
    (0x03EB, 0x2175): "Microchip nEDBG",
    (0x0451, 0xBEF3): "Texas Instruments XDS110",
    (0x0483, 0x374B): "ST-Link V2-1",
    (0x0483, 0x374E): "ST-Link V3",
    (0x0483, 0x374F): "ST-Link V3",
    (0x0483, 0x3752): "ST-Link V2-1",
    (0x0483, 0x3753): "ST-Link V3",
    (0x0483, 0x3754): "ST-Link V3",
    (0x04D8, 0x00DD): "Microchip MCP2221",
    (0x2341, 0x0010): "Arduino Mega 2560 (16U2)",
    (0x2341, 0x0042): "Arduino Mega 2560 R3 (16U2)",
    (0x2341, 0x0043): "Arduino Uno R3 (16U2)",
    (0x2341, 0x1002): "Arduino Uno R4 WiFi (its ESP32 bridges)",
    (0x2E8A, 0x0004): "Raspberry Pi Picoprobe",
    (0x2E8A, 0x000C): "Raspberry Pi Debug Probe",
}
"""Bridges of vendors who also make boards that are USB themselves."""

_BRIDGE_NAMES = ("/dev/ttyUSB", "/dev/cu.usbserial", "/dev/tty.usbserial", "/dev/cu.SLAB", "/dev/cu.wch")
"""How Linux and macOS name the ports of bridges; boards that are USB themselves are ttyACM and usbmodem."""


def holds_bytes_back(port: str, *, ports: Iterable[PortInfo] | None = None) -> bool:
    """Tell whether a serial port makes the host wait while the board is busy.

    True for a pty and for a USB port that is not known to be a bridge; False for all others.

    Args:
        port: "/dev/ttyACM0", "COM3", or a link to one.
        ports: where to look the port up; None for the ports of this machine.
    """
    path = os.path.realpath(port)
    if path.startswith(PTYS):
        return True
    if path.startswith(_BRIDGE_NAMES):
        return False
    for found in list_devices(ports=ports):
        if found.device in {port, path}:
            known = found.vid in _BRIDGE_VENDORS or (found.vid, found.pid) in _BRIDGES
            return found.vid is not None and not known
    return False
