"""The site's own processes: web, worker and beat, and the socket that the web server takes over."""

import contextlib
import http.client
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from config.services import processes
from config.services.errors import ServiceError
from config.services.paths import ROOT, STATE
from config.services.supervisor import Program

HOST = "127.0.0.1"
PORTS_TO_TRY = 100
LOGS = STATE / "logs"
LARGEST_LOG = 10_000_000  # bytes; a longer log is set aside at the next start
QUEUES = "interactive,grading,bulk,mail"


def free_port(first: int, say: Callable[[str], None]) -> socket.socket:
    """Return a socket that listens on the first free port from `first` on; say so where that is a later one.

    We listen, not the web server, so that no other process can take the port and no request is refused while it
    restarts.

    Raises:
        ServiceError: none of the ports is free.
    """
    last = min(first + PORTS_TO_TRY - 1, 65535)
    for port in range(first, last + 1):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(128)
        except OSError:
            listener.close()
            continue
        if port != first:
            say(f"  Port {first} is taken by another program; using {port}.")
        return listener
    raise ServiceError(f"The ports {first} to {last} are all taken: set HEADROOM_PORT to a free one.")


def web(environment: Mapping[str, str], listener: socket.socket) -> Program:
    """Return the web server, which takes over the listening socket."""
    command = [
        *("gunicorn", "config.wsgi:application", "--bind", f"fd://{listener.fileno()}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--graceful-timeout", "5"),
        *("--preload", "--no-control-socket", "--access-logfile", "-"),
    ]
    return _program("web", command, environment, inherited=[listener.fileno()])


def worker(environment: Mapping[str, str]) -> Program:
    """Return the worker of every queue."""
    command = [
        *(
            "celery",
            "--app",
            "config.celery:application",
            "--quiet",
            "worker",
            "--queues",
            QUEUES,
            "--loglevel",
            "INFO",
        ),
        *("--pool", "prefork", "--concurrency", "2", "--without-gossip", "--without-mingle"),
    ]
    return _program("worker", command, environment)


def beat(environment: Mapping[str, str]) -> Program:
    """Return the process that sends what is due by the clock."""
    schedule = str(STATE / "celerybeat-schedule")
    command = [
        "celery",
        "--app",
        "config.celery:application",
        "--quiet",
        "beat",
        "--schedule",
        schedule,
        "--loglevel",
        "INFO",
    ]
    return _program("beat", command, environment)


def _program(
    name: str, command: Sequence[str], environment: Mapping[str, str], inherited: Sequence[int] = ()
) -> Program:
    log = LOGS / f"{name}.log"
    module = [sys.executable, "-m", *command]  # not the installed script, which names the folder it was installed to

    def start() -> subprocess.Popen[bytes]:
        return processes.start(module, environment=environment, log=log, folder=ROOT, inherited=inherited)

    return Program(name, start, log)


def answers(port: int) -> bool:
    """Say whether the site answers that it is alive."""
    with contextlib.closing(http.client.HTTPConnection(HOST, port, timeout=2)) as connection:
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False


def set_aside(log: Path) -> None:
    """Rename a log that has grown long, so that a new one begins."""
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LARGEST_LOG:
            log.rename(log.with_suffix(".earlier.log"))
