"""The site as its users meet it: real processes over a database of their own, with the demo bootcamp loaded."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 180
"""Longest wait for a start, which on a machine that does much else at once takes over a minute."""

FIRST_ANSWER_SECONDS = 30
"""The first answer loads the application; one that is not waited for is work begun again."""

REDIS_DATABASES = {None: "7", "gw0": "7", "gw1": "8"}
"""Tests that run side by side have a site a process, each with a database for its queues."""

STOP_SECONDS = 20


@dataclass
class Site:
    """A running site: its address, and the environment that its processes share."""

    address: str
    environment: Mapping[str, str]
    folder: Path

    def manage(self, *arguments: str) -> str:
        """Run a management command against the site's database and return what it printed."""
        return manage(self.environment, *arguments)

    @contextmanager
    def worker(self, *, processes: int) -> Iterator[subprocess.Popen[bytes]]:
        """Run a Celery worker of so many processes until the block ends."""
        command = (*WORKER, "--concurrency", str(processes))
        with _process(self.folder / "worker.log", self.environment, *command) as process:
            yield process


WORKER = (
    "-m", "celery", "--app", "config.celery:application", "worker", "--queues", "interactive,grading,bulk,mail",
    "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
)  # fmt: skip
BEAT = ("-m", "celery", "--app", "config.celery:application", "beat", "--loglevel", "WARNING")


@contextmanager
def running_site(folder: Path, *, with_worker: bool = True, settings: str = "config.settings.dev") -> Iterator[Site]:
    """Yield a site on a fresh database, with web server, worker and beat; stop all of it afterwards."""
    with ExitStack() as stack:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": settings,
            "DATABASE_URL": stack.enter_context(_database(os.environ["DATABASE_URL"])),
            "REDIS_URL": _redis_database(os.environ["REDIS_URL"]),
            "SECRET_KEY": secrets.token_urlsafe(48),
            "HEADROOM_STATE_DIR": str(folder),
            "LOG_LEVEL": "INFO",
        }
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "course", "load", "lessons/courses/tradeoffs")
        manage(environment, "seed_demo")
        port = _free_port()
        web = (
            "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4",
            "--worker-class", "gthread", "--log-level", "warning",
        )  # fmt: skip
        stack.enter_context(_process(folder / "web.log", environment, *web))
        if with_worker:
            stack.enter_context(_process(folder / "worker.log", environment, *WORKER, "--concurrency", "2"))
            stack.enter_context(_process(folder / "beat.log", environment, *BEAT))
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/readyz", folder / "web.log")
        yield Site(address=address, environment=environment, folder=folder)


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """Run a management command; its failure shows what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=dict(environment), capture_output=True, text=True
    )
    if done.returncode:
        raise AssertionError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


@contextmanager
def _database(address: str) -> Iterator[str]:
    """Yield the address of a database that exists for this block."""
    name = f"headroom_site_{secrets.token_hex(4)}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    parts = urlsplit(address)
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _redis_database(address: str) -> str:
    """Return the address of another database of the same server, that of this process of tests."""
    number = REDIS_DATABASES[os.environ.get("PYTEST_XDIST_WORKER")]
    parts = urlsplit(address)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return urlunsplit(parts._replace(path=f"/{number}"))


@contextmanager
def _process(log: Path, environment: Mapping[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python process until the block ends, its output in `log`."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=dict(environment), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=FIRST_ANSWER_SECONDS):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"{address} did not answer within {START_SECONDS} s:\n{log.read_text()}")
