"""Keep a handful of processes alive, and end all of them when we are asked to.

A process that ends is started again, at once the first time and then with growing pauses. Each leads a process group,
so that what is left of it (a worker whose master was killed) is killed before its successor starts.
"""

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from config.services import processes
from config.services.errors import ServiceError
from config.services.guard import Guard

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 30.0  # a process that stayed up so long begins with the first pause again
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Program:
    """One process to keep alive.

    `prepare` clears what an earlier one left behind. `stop_seconds` is how long it may take to end by `stop_signal`.
    One that `serves_others` is asked to end only when those others have ended.
    """

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    log: Path
    prepare: Callable[[], None] = lambda: None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    serves_others: bool = False


@dataclass
class _Kept:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    due_at: float = field(default=0.0)


class Supervisor:
    """Starts programs in order, restarts those that end, and on leaving its context stops all of them."""

    def __init__(self, *, say: Callable[[str], None], kept_open: Sequence[int] = ()) -> None:
        """Report by `say`; `kept_open` are files whose locks hold until the last process is gone."""
        self._say = say
        self._kept: list[_Kept] = []
        self._guard = Guard(kept_open)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with ignored(STOP_SIGNALS):
            self.stop()

    def start(self, program: Program) -> subprocess.Popen[bytes]:
        """Start `program` and keep it from now on."""
        kept = _Kept(program)
        self._kept.append(kept)
        return self._start(kept)

    def wait_for(self, program: Program, is_ready: Callable[[], bool], *, seconds: float) -> None:
        """Return when `program`, just started, is ready.

        Raises:
            ServiceError: it ended or took longer than `seconds`.
        """
        kept = next(kept for kept in self._kept if kept.program is program)
        assert kept.process is not None
        processes.wait_until_ready(program.name, kept.process, is_ready, seconds=seconds, log=program.log)

    def keep(self) -> None:
        """Restart what ends, until one of SIGINT, SIGTERM and SIGHUP asks us to stop."""
        with woken_by((*STOP_SIGNALS, signal.SIGCHLD)) as (wake, asked):
            while not asked.intersection(STOP_SIGNALS):
                self.look()
                waiting = [kept.due_at for kept in self._kept if kept.process is None]
                pause = max(0.0, min(waiting) - time.monotonic()) if waiting else None
                if select.select([wake], [], [], pause)[0]:
                    with contextlib.suppress(BlockingIOError):
                        os.read(wake, 4096)

    def look(self) -> None:
        """Note what has ended, and start what is due."""
        self._guard.revive()
        now = time.monotonic()
        for kept in self._kept:
            if kept.process is not None and kept.process.poll() is not None:
                self._note_end(kept, kept.process, now)
            if kept.process is None and kept.due_at <= now:
                self._restart(kept)

    def stop(self) -> None:
        """End every process, those that serve others last; then nothing we started is left."""
        for serves_others in (False, True):
            left = [(kept.program, kept.process) for kept in self._kept if kept.program.serves_others is serves_others]
            running = [(program, process) for program, process in left if process is not None]
            for program, process in running:
                processes.ask_to_end(process, program.stop_signal)
            for program, process in running:
                processes.see_end(process, seconds=program.stop_seconds)
                processes.kill_group(process.pid)
                self._guard.forget(process.pid)
        self._kept.clear()
        self._guard.close()

    def _start(self, kept: _Kept) -> subprocess.Popen[bytes]:
        kept.program.prepare()
        kept.process = kept.program.start()
        kept.started_at = time.monotonic()
        self._guard.watch(kept.process.pid)
        return kept.process

    def _restart(self, kept: _Kept) -> None:
        try:
            self._start(kept)
        except (ServiceError, OSError) as error:
            self._say(f"{kept.program.name} does not start: {error}")
            self._wait_longer(kept)

    def _note_end(self, kept: _Kept, process: subprocess.Popen[bytes], now: float) -> None:
        processes.kill_group(process.pid)
        self._guard.forget(process.pid)
        kept.process = None
        if now - kept.started_at >= STEADY_SECONDS:
            kept.pause = FIRST_PAUSE_SECONDS
        pause = self._wait_longer(kept)
        how = _how(process.returncode)
        self._say(f"{kept.program.name} ended ({how}); it starts again in {pause:g} s. Its log: {kept.program.log}")

    def _wait_longer(self, kept: _Kept) -> float:
        pause = kept.pause
        kept.due_at = time.monotonic() + pause
        kept.pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        return pause


def _how(status: int) -> str:
    return f"status {status}" if status >= 0 else signal.Signals(-status).name


@contextlib.contextmanager
def woken_by(signals: Sequence[signal.Signals]) -> Iterator[tuple[int, set[int]]]:
    """Yield a file that becomes readable when one of `signals` arrives, and the set of those that have."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    arrived: set[int] = set()

    def note(number: int, _: FrameType | None) -> None:
        arrived.add(number)

    before = {number: signal.signal(number, note) for number in signals}
    earlier = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield reading, arrived
    finally:
        signal.set_wakeup_fd(earlier)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


@contextlib.contextmanager
def ignored(signals: Sequence[signal.Signals]) -> Iterator[None]:
    """Let `signals` pass unheard, as when we are stopping already."""
    before = {number: signal.signal(number, lambda *_: None) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
