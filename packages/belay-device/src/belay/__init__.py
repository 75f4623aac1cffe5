"""Drive a MicroPython or CircuitPython board from Python as if it were part of the program."""

from __future__ import annotations

from belay.device import Device
from belay.exceptions import (
    AddressError,
    ArgumentTypeError,
    ArgumentValueError,
    AuthenticationError,
    BelayException,
    BoardException,
    BoardSystemExit,
    CallTimeout,
    ConnectionFailedError,
    ConnectionLost,
    DeviceNotFoundError,
    FeatureUnavailableError,
    InsufficientSpecifierError,
    MaxHistoryLengthError,
    NestedCallError,
    NoMatchingExecuterError,
    NotBelayResponseError,
    ProtocolError,
    ProxyUseError,
    PyboardError,
    PyboardException,
    SpecialFunctionNameError,
    StaleProxyError,
    TimeNotSyncedError,
    TransferError,
    UnknownDeviceClassError,
    UnreturnableValueError,
    UnsendableValueError,
    UnsupportedFunctionError,
)
from belay.implementation import Implementation
from belay.meta import DeviceMeta
from belay.minify import minify
from belay.proxy import ProxyObject
from belay.roles import (
    Batch,
    BatchError,
    BoardGenerator,
    Handle,
    NotRunError,
    NotSentError,
    UnsupportedOptionError,
)
from belay.scripts import run_file
from belay.sentinels import NO_RESULT, UNPARSABLE_RESULT
from belay.timing import TimeOffset
from belay_transport.ports import UsbSpecifier, list_devices

__all__ = [
    "NO_RESULT",
    "UNPARSABLE_RESULT",
    "AddressError",
    "ArgumentTypeError",
    "ArgumentValueError",
    "AuthenticationError",
    "Batch",
    "BatchError",
    "BelayException",
    "BoardException",
    "BoardGenerator",
    "BoardSystemExit",
    "CallTimeout",
    "ConnectionFailedError",
    "ConnectionLost",
    "Device",
    "DeviceMeta",
    "DeviceNotFoundError",
    "FeatureUnavailableError",
    "Handle",
    "Implementation",
    "InsufficientSpecifierError",
    "MaxHistoryLengthError",
    "NestedCallError",
    "NoMatchingExecuterError",
    "NotBelayResponseError",
    "NotRunError",
    "NotSentError",
    "ProtocolError",
    "ProxyObject",
    "ProxyUseError",
    "PyboardError",
    "PyboardException",
    "SpecialFunctionNameError",
    "StaleProxyError",
    "TimeNotSyncedError",
    "TimeOffset",
    "TransferError",
    "UnknownDeviceClassError",
    "UnreturnableValueError",
    "UnsendableValueError",
    "UnsupportedFunctionError",
    "UnsupportedOptionError",
    "UsbSpecifier",
    "list_devices",
    "minify",
    "run_file",
]
