"""A checkout small enough to kill often: our services over a stand-in site, in a folder of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

HERE = Path(__file__).resolve().parent
SERVICES = HERE.parents[1] / "config" / "services"
PATIENCE_SECONDS = 60.0
Answer = TypeVar("Answer")


def wait_for(probe: Callable[[], Answer], what: str, seconds: float = PATIENCE_SECONDS) -> Answer:
    """Return the first true answer of `probe`; fail the test when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (answer := probe()):
        if time.monotonic() > deadline:
            pytest.fail(f"{what}: not within {seconds:g} s")
        time.sleep(0.05)
    return answer


@dataclass(frozen=True)
class Process:
    """A live process: its number, its parent's, and its command line."""

    pid: int
    parent: int
    command: str

    def kill(self) -> None:
        """End it without a chance to clean up."""
        os.kill(self.pid, signal.SIGKILL)


@dataclass
class Run:
    """One start of a checkout's site, with what it has said so far."""

    process: subprocess.Popen[bytes]
    output: Path

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    @property
    def port(self) -> int:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.said)
        assert found, self.said
        return int(found[1])

    def wait_until_up(self) -> Run:
        """Return when the site has given its address."""

        def is_up() -> bool:
            assert self.process.poll() is None, self.said
            return "Headroom is up" in self.said

        wait_for(is_up, "the site is up")
        return self

    def interrupt(self) -> int:
        """Do what Ctrl-C does, and return the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_SECONDS)

    def page(self) -> str:
        """Return what the site answers."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("GET", "/")
            return connection.getresponse().read().decode()


@dataclass
class Checkout:
    """A folder with our services, a stand-in site, and stand-ins for Node and npm."""

    folder: Path
    python: str = sys.executable
    environment: dict[str, str] = field(default_factory=dict)
    user: int | None = None
    runs: list[Run] = field(default_factory=list)

    @classmethod
    def make(cls) -> Checkout:
        """Copy the stand-in and the services into a new folder below /tmp, where other users can reach it."""
        folder = Path(tempfile.mkdtemp(prefix="headroom-fault-"))
        shutil.copytree(HERE / "checkout", folder, dirs_exist_ok=True)
        without_caches = shutil.ignore_patterns("__pycache__")
        shutil.copytree(SERVICES, folder / "config" / "services", ignore=without_caches)
        (folder / "config" / "__init__.py").touch()
        return cls(folder)

    def lend_to(self, user: int, python: str, packages: str) -> None:
        """Have everything run as `user`, by a Python that the user may run."""
        self.user, self.python = user, python
        self.environment["PYTHONPATH"] = packages
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, user, user)

    def start(self, *arguments: str, **environment: str) -> Run:
        """Start `python -m config.services.…` as a terminal would: the leader of its own session."""
        self.environment.update(environment)
        outside = {name: value for name, value in os.environ.items() if name not in _ADDRESSES}
        if outside.pop("COVERAGE_PROCESS_CONFIG", None):
            outside["COVERAGE_PROCESS_START"] = str(self._measured())
        output = self.folder / f"output-{time.monotonic_ns()}.txt"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [self.python, "-m", *(arguments or ("config.services.run",))],
                cwd=self.folder,
                env={
                    **outside,
                    "PATH": f"{self.folder / 'programs'}:{os.environ['PATH']}",
                    "PYTHONDONTWRITEBYTECODE": "1",
                    **self.environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
            )
        self.runs.append(Run(process, output))
        return self.runs[-1]

    def _measured(self) -> Path:
        """Write how coverage measures the copied services when it measures the tests, and return the file."""
        settings = {
            "branch": "true",
            "parallel": "true",
            "data_file": f"{SERVICES.parents[1] / '.coverage'}",
            "source": f"{self.folder / 'config' / 'services'}",
        }
        path = self.folder / "coverage.ini"
        lines = [f"{name} = {value}" for name, value in settings.items()]
        path.write_text("\n".join(["[run]", *lines, ""]), encoding="utf-8")
        return path

    def called(self) -> list[str]:
        """Return the management commands that were called so far."""
        return (self.folder / "called.txt").read_text(encoding="utf-8").splitlines()

    def home(self) -> Path:
        """Return the folder of the servers."""
        for note in Path("/var/lib/headroom").glob("*/checkout"):
            if note.read_text(encoding="utf-8").strip() == str(self.folder):
                return note.parent
        return self.folder / ".state" / "services"

    def processes(self, containing: str = "") -> list[Process]:
        """Return the live processes that work in the checkout or its servers' folder, but not our own start of it."""
        places = (str(self.folder), str(self.home()))
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                place = str((entry / "cwd").readlink())
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                parent = int(re.search(r"PPid:\s*(\d+)", (entry / "status").read_text())[1])  # type: ignore[index]
            except OSError:
                continue
            if command and place.startswith(places) and containing in command:
                found.append(Process(int(entry.name), parent, command))
        return sorted(found, key=lambda process: process.pid)

    def the_process(self, containing: str) -> Process:
        """Return the topmost of the processes whose command line holds `containing`."""
        found = wait_for(lambda: self.processes(containing), f"a process of {containing}")
        below = {process.pid for process in found}
        return next(process for process in found if process.parent not in below)

    def remove(self) -> None:
        """Kill what still runs and remove every folder."""
        for process in self.processes():
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        wait_for(lambda: not self.processes(), "the end of a killed process")
        for run in self.runs:
            run.process.wait()
        shutil.rmtree(self.home(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)


_ADDRESSES = {
    "DATABASE_URL",
    "REDIS_URL",
    "DJANGO_SETTINGS_MODULE",
    "SECRET_KEY",
    "HEADROOM_STATE_DIR",
    "HEADROOM_PORT",
}
