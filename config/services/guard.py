"""Outlive a killed supervisor by a moment, to end what it had started.

The supervisor holds the writing end of a pipe and names each process group it starts (`+123`) and sees ended
(`-123`). When the pipe closes, however that came about, the groups still named are asked to end and, after a while,
killed. The kernel's signal on a parent's death reaches a child; this reaches its children too, and works where there
is no such signal.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from typing import IO

from config.services import processes
from config.services.paths import ROOT

GRACE_SECONDS = 10.0


class Guard:
    """The supervisor's side: the process, and the groups that it must know of."""

    def __init__(self, kept_open: Iterable[int] = ()) -> None:
        """Start the process; it keeps the files `kept_open` open, and so their locks held, until it is done."""
        self._kept_open = tuple(kept_open)
        self._groups: set[int] = set()
        self._process, self._pipe = self._start()

    def watch(self, group: int) -> None:
        """Have `group` ended if we are killed."""
        self._groups.add(group)
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        """Leave `group` alone: it has ended."""
        self._groups.discard(group)
        self._tell(f"-{group}\n")

    def revive(self) -> None:
        """Start the process again if it was killed."""
        if self._process.poll() is not None:
            self._pipe.close()
            self._process, self._pipe = self._start()
            for group in self._groups:
                self._tell(f"+{group}\n")

    def close(self) -> None:
        """Close the pipe and wait for the process, which ends whatever is still named."""
        self._pipe.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):  # `revive` tells all of it again
            self._pipe.write(line.encode())
            self._pipe.flush()

    def _start(self) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.services.guard"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=ROOT,
            process_group=0,
            pass_fds=self._kept_open,
        )
        assert process.stdin is not None
        return process, process.stdin


def end(groups: Iterable[int], *, grace_seconds: float) -> None:
    """Ask each process group to end, and kill those that are still there after `grace_seconds`."""
    left = set(groups)
    for group in left:
        _signal(group, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    while left and time.monotonic() < deadline:
        left = {group for group in left if _signal(group, 0)}
        time.sleep(0.05)
    for group in left:
        processes.kill_group(group)


def _signal(group: int, number: int) -> bool:
    """Send a signal and say whether the group exists."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main() -> None:
    """Read groups until the pipe closes, then end those still named."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line)
        if group > 0:
            groups.add(group)
        else:
            groups.discard(-group)
    end(groups, grace_seconds=GRACE_SECONDS)


if __name__ == "__main__":
    main()
