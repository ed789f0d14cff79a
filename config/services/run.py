"""Bring the whole site up on this machine: `python -m config.services.run`, which `make run` calls.

Servers first, then the stages that need them, then web, worker and beat; one supervisor over all of it. DATABASE_URL or
REDIS_URL, where set, name servers to use instead of ours.
"""

import argparse
import contextlib
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from config.services import frontend, paths, postgres, preparation, site, valkey
from config.services.bootstrap import PREPARE_LOCK
from config.services.errors import ServiceError
from config.services.locks import lock
from config.services.paths import STATE
from config.services.supervisor import STOP_SIGNALS, Program, Supervisor

FIRST_PORT = 8000
RUN_LOCK = STATE / "run.lock"
RUN_NOTE = STATE / "run.json"
FIRST_PAGE_SECONDS = 60.0
LEFTOVER_SECONDS = 30.0


def bring_up(lock_handle: int) -> None:
    """Start everything, keep it up until we are asked to stop, and stop it.

    Raises:
        ServiceError: a server, a stage or the site did not start.
    """
    with lock(PREPARE_LOCK, wait=True):
        frontend.build()
    with contextlib.closing(site.free_port(wished_port(), say)) as listener:
        port = listener.getsockname()[1]
        with Supervisor(say=say, kept_open=[lock_handle]) as supervisor:
            environment = start_servers(supervisor, {**os.environ, **site_environment(port)})
            with lock(PREPARE_LOCK, wait=True):
                preparation.perform_stages(environment)
            start_site(supervisor, environment, listener)
            address = f"http://{site.HOST}:{port}/"
            leave_note(address=address)
            logins = preparation.DEMO_LOGINS.read_text(encoding="utf-8")
            say(f"\nHeadroom is up: {address}\n\n{logins}\nCtrl-C stops it. Logs: {site.LOGS}")
            supervisor.keep()
            say("\nStopping …")
    say("Stopped.")


def wished_port() -> int:
    """Return the first port to try.

    Raises:
        ServiceError: HEADROOM_PORT is not the number of a port.
    """
    wish = os.environ.get("HEADROOM_PORT") or str(FIRST_PORT)
    if not wish.isascii() or not wish.isdigit() or not 1 <= int(wish) <= 65535:
        raise ServiceError(f"HEADROOM_PORT is {wish!r}, which is no port: set it to a number between 1 and 65535.")
    return int(wish)


def site_environment(port: int) -> dict[str, str]:
    """Return what every process of the site needs to know, apart from the servers' addresses."""
    return {
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings.dev"),
        "HEADROOM_PORT": str(port),
        "HEADROOM_STATE_DIR": str(STATE),
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": os.environ.get("SECRET_KEY") or kept_secret(STATE / "secret-key"),
    }


def kept_secret(path: Path) -> str:
    """Return the secret in `path`, made at the first call and readable by its owner only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii")


def start_servers(supervisor: Supervisor, environment: Mapping[str, str]) -> dict[str, str]:
    """Start the servers whose address is not given, and return `environment` with both addresses."""
    home = paths.checkout_home()
    addresses: dict[str, str] = {}
    if not environment.get("DATABASE_URL"):
        database = postgres.Postgres(home, postgres.locate_programs(home))
        start_server(supervisor, "PostgreSQL", database, postgres.STOP_SIGNAL, postgres.START_SECONDS)
        postgres.create_database(database.url("postgres"), postgres.DATABASE)
        addresses["DATABASE_URL"] = database.url()
    if not environment.get("REDIS_URL"):
        broker = valkey.Valkey(home, valkey.locate_program(home))
        start_server(supervisor, "Valkey", broker, valkey.STOP_SIGNAL, valkey.START_SECONDS)
        addresses["REDIS_URL"] = broker.url()
    return {**environment, **addresses}


def start_server(
    supervisor: Supervisor,
    name: str,
    server: postgres.Postgres | valkey.Valkey,
    stop_signal: signal.Signals,
    seconds: float,
) -> None:
    """Start a server and return when it takes connections, at the latest after `seconds`."""
    site.set_aside(server.log)
    program = Program(
        name, server.start, server.log, prepare=server.prepare, stop_signal=stop_signal, serves_others=True
    )
    supervisor.start(program)
    supervisor.wait_for(program, server.is_ready, seconds=seconds)


def start_site(supervisor: Supervisor, environment: Mapping[str, str], listener: socket.socket) -> None:
    """Start the web server and, once it answers, worker and beat, which the first page can do without."""
    site.LOGS.mkdir(mode=0o700, exist_ok=True)
    web, worker, beat = site.web(environment, listener), site.worker(environment), site.beat(environment)
    for program in (web, worker, beat):
        site.set_aside(program.log)
    port = listener.getsockname()[1]
    supervisor.start(web)
    supervisor.wait_for(web, lambda: site.answers(port), seconds=FIRST_PAGE_SECONDS)
    supervisor.start(worker)
    supervisor.start(beat)


def run_alone() -> None:
    """Run the site unless another run of this folder is up; let what is left of a killed one be cleared away first.

    Raises:
        ServiceError: another run is up, or something does not start.
    """
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while True:
        with lock(RUN_LOCK, wait=False) as handle:
            if handle is not None:
                leave_note(address=None)
                bring_up(handle)
                return
        refuse_second_run()
        if time.monotonic() > deadline:
            raise ServiceError(f"An earlier run does not end: find what holds {RUN_LOCK} with fuser, and end it.")
        time.sleep(0.2)


def leave_note(*, address: str | None) -> None:
    """Note for a second run of this folder who we are, and our address once the site is up."""
    RUN_NOTE.write_text(json.dumps({"address": address, "pid": os.getpid()}), encoding="utf-8")


def refuse_second_run() -> None:
    """Return if the run that left the note has ended.

    Raises:
        ServiceError: it has not.
    """
    try:
        note = json.loads(RUN_NOTE.read_text(encoding="utf-8"))
        os.kill(note["pid"], 0)
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return
    except PermissionError:  # it is another user's
        pass
    state = f"runs at {note['address']}" if note["address"] else "is starting"
    raise ServiceError(
        f"Headroom already {state} from this folder (process {note['pid']}): use that one, or stop it first."
    )


def say(line: str) -> None:
    """Print a line for the person at the terminal."""
    with contextlib.suppress(BrokenPipeError, OSError):
        print(line, flush=True)


def main() -> int:
    """Run the site until Ctrl-C; say in a sentence what prevents it."""
    # It takes no arguments: whoever asks for help, or mistypes a setting, must not start a site by it.
    argparse.ArgumentParser(prog="python -m config.services.run", description=__doc__).parse_args()
    for number in STOP_SIGNALS:
        signal.signal(number, signal.default_int_handler)
    try:
        STATE.mkdir(mode=0o700, exist_ok=True)
        run_alone()
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("Stopped.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
