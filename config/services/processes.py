"""Start processes that do not outlive us, wait for them, and stop them.

On Linux the kernel signals a child when its parent dies (`PR_SET_PDEATHSIG`), so that a killed parent leaves no
server behind. Call `start` from the main thread: the kernel counts the death of the *thread* that forked.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from config.services.errors import ServiceError
from config.services.paths import Account

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def start(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    log: Path | None = None,
    account: Account | None = None,
    folder: Path | None = None,
    inherited: Sequence[int] = (),
    own_group: bool = True,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `command` and return it.

    `log` takes its output (appended), `account` is whose rights it gets, `folder` its working directory, `inherited`
    the files of ours that it may use. With `own_group` it leads a process group, out of reach of the terminal's
    Ctrl-C. `death_signal` is what it gets if we die first.
    """
    parent = os.getpid()

    def die_with_parent() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # died between the fork and the line above
            os.kill(os.getpid(), signal.SIGKILL)

    output = None if log is None else os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL if own_group else None,
            stdout=output,
            stderr=output,
            env=dict(environment),
            cwd=folder,
            pass_fds=inherited,
            process_group=0 if own_group else None,
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one thread, and nothing but system calls in it
        )
    finally:
        if output is not None:
            os.close(output)


def wait_until_ready(
    name: str, process: subprocess.Popen[bytes], is_ready: Callable[[], bool], *, seconds: float, log: Path
) -> None:
    """Return as soon as `is_ready()` holds.

    Raises:
        ServiceError: the process ended first, or `seconds` went by.
    """
    deadline = time.monotonic() + seconds
    while not is_ready():
        status = process.poll()
        if status is not None:
            raise ServiceError(f"{name} ended at its start (status {status}): its reason is at the end of {log}.")
        if time.monotonic() > deadline:
            raise ServiceError(f"{name} did not answer within {seconds:g} s: look at the end of {log}.")
        time.sleep(0.02)


def ask_to_end(process: subprocess.Popen[bytes], with_signal: signal.Signals) -> None:
    """Send `process` its stop signal unless it has ended."""
    if process.poll() is None:
        process.send_signal(with_signal)


def see_end(process: subprocess.Popen[bytes], *, seconds: float) -> None:
    """Return when `process` has ended; after `seconds` kill it, with its whole group."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        kill_group(process.pid)
        process.wait()


def kill_group(group: int) -> None:
    """Kill what is left of a process group; it is no fault if nothing is. Our own group is left alone."""
    if group == os.getpgrp():
        return
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def processes_in(folder: Path, *, named: str) -> list[int]:
    """Return the processes called `named` that work in `folder`; none on a system without `/proc`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "comm").read_text(encoding="utf-8").strip() == named and (entry / "cwd").samefile(folder):
                found.append(int(entry.name))
        except OSError:  # it ended meanwhile, or is somebody else's
            continue
    return found
