"""The words of a `sim:` address become options, or an error that says what would be right."""

from __future__ import annotations

import pytest

from belay_transport.errors import AddressError
from belay_transport.sim import open_sim
from belay_transport.sim.options import PROFILES, SimOptions


def test_without_words_a_board_is_big_and_direct():
    """No options give a fresh board on a direct link."""
    options = SimOptions.from_query(None, [])

    assert options == SimOptions()
    assert not options.is_shaped
    assert options.bytes_per_s is None


def test_every_word_is_understood():
    """Each key sets its option, in bytes and seconds."""
    pairs = [
        ("heap", "64k"),
        ("flash", "1M"),
        ("rom", "4096"),
        ("baud", "115200"),
        ("latency_ms", "1.5"),
        ("jitter_ms", "2"),
        ("ring", "260"),
        ("flow", "no"),
        ("stall_ms", "40"),
        ("stall_every", "300"),
        ("noise", "0.001"),
        ("noise_seed", "7"),
        ("noise_at", "host"),
        ("unplug_after", "10k"),
        ("reset_after", "0"),
    ]

    options = SimOptions.from_query("mine", pairs)

    assert options == SimOptions(
        name="mine",
        heap_bytes=65536,
        flash_bytes=1048576,
        rom_bytes=4096,
        baud=115200,
        latency_s=0.0015,
        jitter_s=0.002,
        ring_bytes=260,
        flow_control=False,
        stall_s=0.04,
        stall_every=300,
        noise=0.001,
        noise_seed=7,
        noise_at="host",
        unplug_after=10240,
        reset_after=0,
    )
    assert options.is_shaped
    assert options.bytes_per_s == 11520


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_is_a_set_of_options(profile):
    """A profile sets what it says, and what stands beside it wins, in any order."""
    options = SimOptions.from_query(None, [("profile", profile)])
    other = SimOptions.from_query(None, [("ring", "999"), ("profile", profile)])

    assert options.is_shaped == (profile != "direct")
    assert other == options._replace(ring_bytes=999)


@pytest.mark.parametrize(
    ("pairs", "message", "hint"),
    [
        ([("heep", "64k")], "has no option `heep`", "did you mean `heap`?"),
        ([("xyz", "1")], "has no option `xyz`", "the options are `heap`, `flash`"),
        ([("profile", "lan")], "has no profile `lan`", "one of `direct`, `usb`"),
        ([("heap", "64k"), ("heap", "32k")], "`heap` of the simulated board is given twice: 64k, 32k", None),
        ([("heap", "big")], "`heap=big` of the simulated board: a size in bytes is meant", None),
        ([("heap", "1k")], "1024 bytes; 8192 to 1073741824 are possible", None),
        ([("baud", "x")], "a number of bits per second is meant, such as `115200`", None),
        ([("baud", "0")], "0 bits per second; 300 to 1000000000 are possible", None),
        ([("heap", "-5k")], "a size in bytes is meant", None),
        ([("heap", "")], "a size in bytes is meant", None),
        ([("heap", "٣k")], "a size in bytes is meant", None),
        ([("flash", "100000")], "no whole number of blocks of 4096 bytes", None),
        ([("latency_ms", "fast")], "a number of milliseconds is meant", None),
        ([("latency_ms", "-1")], "0 to 10000 ms are possible", None),
        ([("latency_ms", "nan")], "0 to 10000 ms are possible", None),
        ([("flow", "maybe")], "`yes` or `no` is meant", None),
        ([("disk", "")], "the path of a file is meant", None),
        ([("noise", "much")], "a share of the bytes is meant", None),
        ([("noise", "2")], "0 to 1 are possible", None),
        ([("noise_at", "wire")], "one of `both`, `board`, `host` is meant", None),
        ([("baud", "1")], "300 to 1000000000 are possible", None),
    ],
)
def test_what_cannot_be_is_an_error(pairs, message, hint):
    """A wrong key or value names itself and what is possible."""
    with pytest.raises(AddressError) as caught:
        SimOptions.from_query(None, pairs)

    assert message in str(caught.value)
    assert (caught.value.hint or "").startswith(hint or "")


def test_a_named_board_has_no_disk_beside():
    """A name says where the flash is; a disk too would be a contradiction."""
    with pytest.raises(AddressError, match="keeps its flash by name"):
        SimOptions.from_query("mine", [("disk", "x.img")])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (SimOptions(heap_bytes=0), "has 8192 to 1073741824 bytes of heap, not 0"),
        (SimOptions(flash_bytes=1), "has 32768 to 268435456 bytes of flash, not 1"),
        (SimOptions(flash_bytes=40000), "40000 bytes has no whole number of blocks of 4096 bytes"),
        (SimOptions(rom_bytes=-1), "has 0 to 16777216 bytes of ROM, not -1"),
    ],
)
def test_options_made_by_hand_are_checked_when_a_board_is_opened(options, message):
    """A board that cannot be is refused before anything is started."""
    with pytest.raises(AddressError) as caught:
        open_sim(options)

    assert message in str(caught.value)
