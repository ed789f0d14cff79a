"""Restarting by the rules: what ended comes back, with growing pauses."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.services import processes, supervisor
from config.services.errors import ServiceError
from config.services.supervisor import Program, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


def program(folder: Path, command: list[str], started: list[subprocess.Popen[bytes]] | None = None) -> Program:
    log = folder / "program.log"

    def start() -> subprocess.Popen[bytes]:
        process = processes.start(command, environment=os.environ, log=log)
        if started is not None:
            started.append(process)
        return process

    return Program("program", start, log, stop_seconds=0.3)


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def kept(said: list[str]) -> Iterator[Supervisor]:
    with Supervisor(say=said.append) as running:
        yield running


class TestLook:
    def test_starts_again_what_ended_after_a_pause_that_doubles(
        self, kept: Supervisor, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = 1000.0
        monkeypatch.setattr(supervisor.time, "monotonic", lambda: now)
        started: list[subprocess.Popen[bytes]] = []
        kept.start(program(tmp_path, ["false"], started))
        pauses = []
        for _ in range(10):
            started[-1].wait()
            count, begun = len(started), now
            while len(started) == count:
                kept.look()
                now += 0.1
            pauses.append(now - begun)
        assert pauses == sorted(pauses)
        assert pauses[1] / pauses[0] == pytest.approx(2, rel=0.5)
        assert pauses[-1] == pytest.approx(supervisor.LONGEST_PAUSE_SECONDS, abs=0.3)
        assert said[0].startswith("program ended (status 1); it starts again in 0.2 s.")

    def test_begins_with_the_first_pause_after_a_steady_time(
        self, kept: Supervisor, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = 1000.0
        monkeypatch.setattr(supervisor.time, "monotonic", lambda: now)
        started: list[subprocess.Popen[bytes]] = []
        kept.start(program(tmp_path, SLEEP, started))
        for _ in range(3):
            now += supervisor.STEADY_SECONDS + 1
            started[-1].kill()
            started[-1].wait()
            kept.look()
            now += supervisor.FIRST_PAUSE_SECONDS + 0.01
            kept.look()
        assert len(started) == 4
        assert [line.split("; ")[1].split(".")[0] for line in said] == ["it starts again in 0"] * 3

    def test_goes_on_where_a_restart_itself_fails(self, kept: Supervisor, said: list[str], tmp_path: Path) -> None:
        ended = program(tmp_path, ["true"])
        attempts: list[int] = []

        def fail() -> None:
            attempts.append(1)
            if len(attempts) > 1:
                raise ServiceError("the disk is full")

        process = kept.start(Program("program", ended.start, ended.log, prepare=fail))
        process.wait()
        kept.look()
        time.sleep(supervisor.FIRST_PAUSE_SECONDS + 0.05)
        kept.look()
        assert said[-1] == "program does not start: the disk is full"


class TestStop:
    def test_kills_what_does_not_listen(self, said: list[str], tmp_path: Path) -> None:
        with Supervisor(say=said.append) as running:
            process = running.start(program(tmp_path, STUBBORN))
            while "deaf" not in (tmp_path / "program.log").read_text(encoding="utf-8"):
                time.sleep(0.01)
        assert process.returncode == -9

    def test_ends_children_of_children(self, said: list[str], tmp_path: Path) -> None:
        parent = (
            f"import subprocess, sys, time; c = subprocess.Popen({SLEEP!r}); print(c.pid, flush=True); time.sleep(60)"
        )
        with Supervisor(say=said.append) as running:
            running.start(program(tmp_path, [sys.executable, "-c", parent]))
            log = tmp_path / "program.log"
            while not log.read_text(encoding="utf-8").endswith("\n"):
                time.sleep(0.01)
            grandchild = int(log.read_text(encoding="utf-8"))
            assert exists(grandchild)
        wait_until(lambda: not exists(grandchild))


class TestWaitFor:
    def test_names_the_log_of_what_ended_at_its_start(self, kept: Supervisor, tmp_path: Path) -> None:
        ended = program(tmp_path, ["false"])
        kept.start(ended)
        with pytest.raises(ServiceError, match=r"program ended at its start \(status 1\): .*program\.log"):
            kept.wait_for(ended, lambda: False, seconds=5)

    def test_gives_up_in_time(self, kept: Supervisor, tmp_path: Path) -> None:
        silent = program(tmp_path, SLEEP)
        kept.start(silent)
        with pytest.raises(ServiceError, match=r"program did not answer within 0\.1 s"):
            kept.wait_for(silent, lambda: False, seconds=0.1)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
