"""The fence around a simulated board, outside its interpreter: what its process may ask of the system.

Two layers, each enough alone against a program on the board that reads, changes or deletes a
file of the host or starts one of its programs; whichever the system grants is used:

- an empty root: a user and mount namespace of its own, `/` an empty folder that no longer exists;
- a system call filter (seccomp): what an interpreter needs that computes, waits and uses open
  descriptors; all else is refused, so a call that nobody thought of is refused too.

Knows Linux; elsewhere both layers say that they are not there. Runs in the forked child.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

__all__ = ["end_with_parent", "enter_empty_root", "filter_system_calls"]

_CLONE_NEWNS = 0x00020000
_CLONE_NEWUSER = 0x10000000
_CLONE_THREAD = 0x00010000

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_SIGKILL = 9

# Source: linux/audit.h, linux/seccomp.h, linux/bpf_common.h
_AUDIT_ARCH_X86_64 = 0xC000003E
_LOAD_WORD = 0x20
_JUMP_IF_EQUAL = 0x15
_JUMP_IF_SET = 0x45
_RETURN = 0x06
_OFFSET_NUMBER, _OFFSET_ARCHITECTURE, _OFFSET_FIRST_ARGUMENT = 0, 4, 16
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000
"""With the error number that the caller sees in the lower half."""
_EPERM, _ENOTTY, _ENOSYS = 1, 25, 38

_ALLOWED = (
    *(0, 1, 3, 8, 17, 18, 19, 20),  # read, write, close, lseek, pread64, pwrite64, readv, writev
    *(5, 74, 75),  # fstat, fsync and fdatasync of what is open
    *(7, 271, 23, 270),  # poll, ppoll, select, pselect6
    *(9, 10, 11, 12, 25, 28),  # its own memory: mmap, mprotect, munmap, brk, mremap, madvise
    *(13, 14, 15, 131, 219),  # rt_sigaction, rt_sigprocmask, rt_sigreturn, sigaltstack, restart_syscall
    *(24, 35, 230, 202, 204),  # sched_yield, nanosleep, clock_nanosleep, futex, sched_getaffinity
    *(96, 201, 228),  # gettimeofday, time, clock_gettime
    *(39, 186, 218, 273, 334, 324),  # getpid, gettid, set_tid_address, set_robust_list, rseq, membarrier
    318,  # getrandom
    *(60, 231),  # exit, exit_group
)
"""The calls that pass. Source: arch/x86/entry/syscalls/syscall_64.tbl."""
_TGKILL = 234  # a thread signals another of this process for the garbage collector
_CLONE = 56  # a thread, never a process
_CLONE3 = 435  # its flags are out of a filter's sight; the C library falls back to clone
_IOCTL = 16  # a board's descriptors are no terminals


def enter_empty_root(libc: ctypes.CDLL, folder: int) -> bool:
    """Make the empty folder behind the descriptor `folder` this process's `/`; say whether that worked."""
    if not sys.platform.startswith("linux"):
        return False
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNS)  # refused in many containers; root can do without
    try:
        os.fchdir(folder)
        os.chroot(".")
        os.chdir("/")
    except OSError:
        return False
    return True


def filter_system_calls(libc: ctypes.CDLL) -> bool:
    """Refuse this process, for ever, what a board does not need; say whether that worked."""
    if not sys.platform.startswith("linux"):
        return False
    if os.uname().machine != "x86_64" or libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    program = _filter(os.getpid())
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_char_p(header), 0, 0) == 0)


def end_with_parent(libc: ctypes.CDLL) -> None:
    """Let this process end when its parent does, where the system can."""
    if sys.platform.startswith("linux"):
        libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)


def _filter(pid: int) -> bytes:
    """Return the filter as instructions of 8 bytes: code, jump if true, jump if false, constant."""
    steps = [
        (_LOAD_WORD, 0, 0, _OFFSET_ARCHITECTURE),
        (_JUMP_IF_EQUAL, 1, 0, _AUDIT_ARCH_X86_64),
        (_RETURN, 0, 0, _REFUSE | _EPERM),  # the 32-bit way in
        (_LOAD_WORD, 0, 0, _OFFSET_NUMBER),
    ]
    for number in _ALLOWED:
        steps += [(_JUMP_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    steps += [
        (_JUMP_IF_EQUAL, 0, 1, _IOCTL),
        (_RETURN, 0, 0, _REFUSE | _ENOTTY),
        (_JUMP_IF_EQUAL, 0, 1, _CLONE3),
        (_RETURN, 0, 0, _REFUSE | _ENOSYS),
        (_JUMP_IF_EQUAL, 0, 3, _CLONE),
        (_LOAD_WORD, 0, 0, _OFFSET_FIRST_ARGUMENT),
        (_JUMP_IF_SET, 4, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _REFUSE | _EPERM),
        (_JUMP_IF_EQUAL, 0, 3, _TGKILL),
        (_LOAD_WORD, 0, 0, _OFFSET_FIRST_ARGUMENT),
        (_JUMP_IF_EQUAL, 0, 1, pid),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE | _EPERM),
    ]
    return b"".join(struct.pack("@HBBI", *step) for step in steps)
