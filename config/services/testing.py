"""Run a command over a throwaway PostgreSQL and Valkey: `python -m config.services.testing -- pytest tests/unit`.

The command finds them in DATABASE_URL and REDIS_URL; both are gone when it ends. `--serve` keeps a PostgreSQL up
until Ctrl-C, and commands run meanwhile take a database of their own in it instead of making a cluster. Where
DATABASE_URL or REDIS_URL is already set, that server is used.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType

from config.services import paths, postgres, processes, valkey
from config.services.errors import ServiceError
from config.services.locks import is_locked, lock

KEPT_SERVER = paths.STATE / "test-server.json"
KEPT_SERVER_LOCK = paths.STATE / "test-server.lock"
PREFIX = "test-"
STOP_SECONDS = 10.0


@contextmanager
def throwaway_home() -> Iterator[paths.Home]:
    """Yield a home that is removed afterwards, and remove those whose owner was killed."""
    checkout = paths.checkout_home()
    for left in checkout.folder.glob(f"{PREFIX}*"):
        if not is_locked(left / "lock"):
            _remove(checkout.within(left.name))
    home = checkout.within(f"{PREFIX}{secrets.token_hex(4)}")
    home.folder.mkdir(mode=0o711)
    home.folder.chmod(0o711)
    with lock(home.folder / "lock", wait=True):
        try:
            yield home
        finally:
            _remove(home)


@contextmanager
def throwaway_postgres(home: paths.Home) -> Iterator[str]:
    """Yield the address of a running PostgreSQL that forgets on a crash, with an empty database."""
    server = postgres.Postgres(home, postgres.locate_programs(home), postgres.THROWAWAY_SETTINGS)
    server.prepare()
    process = server.start()
    try:
        processes.wait_until_ready(
            "PostgreSQL", process, server.is_ready, seconds=postgres.START_SECONDS, log=server.log
        )
        postgres.create_database(server.url("postgres"), postgres.DATABASE)
        yield server.url()
    finally:
        processes.ask_to_end(process, postgres.STOP_SIGNAL)
        processes.see_end(process, seconds=STOP_SECONDS)


@contextmanager
def throwaway_valkey(home: paths.Home) -> Iterator[str]:
    """Yield the address of a running Valkey that writes nothing."""
    server = valkey.Valkey(home, valkey.locate_program(home), keep=False)
    server.prepare()
    process = server.start()
    try:
        processes.wait_until_ready("Valkey", process, server.is_ready, seconds=valkey.START_SECONDS, log=server.log)
        yield server.url()
    finally:
        processes.ask_to_end(process, valkey.STOP_SIGNAL)
        processes.see_end(process, seconds=STOP_SECONDS)


@contextmanager
def database_in(kept: str) -> Iterator[str]:
    """Yield the address of a fresh database in the server at `kept`; drop it, and what tests derived from it."""
    name = f"{postgres.DATABASE}_{secrets.token_hex(4)}"
    postgres.create_database(kept, name)
    try:
        yield kept.replace(f"/{postgres.DATABASE}?", f"/{name}?")
    finally:
        postgres.drop_databases(kept, containing=name)


@contextmanager
def services(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield `environment` with the addresses of servers to test on."""
    with ExitStack() as stack:
        home = stack.enter_context(throwaway_home())
        state = home.folder / "state"
        state.mkdir(mode=0o700)
        database, broker = environment.get("DATABASE_URL"), environment.get("REDIS_URL")
        if not database:
            kept = kept_server()
            database = stack.enter_context(throwaway_postgres(home) if kept is None else database_in(kept))
        if not broker:
            broker = stack.enter_context(throwaway_valkey(home))
        yield {
            **environment,
            "DJANGO_SETTINGS_MODULE": environment.get("DJANGO_SETTINGS_MODULE", "config.settings.test"),
            "DATABASE_URL": database,
            "REDIS_URL": broker,
            "HEADROOM_STATE_DIR": str(state),
            "SECRET_KEY": secrets.token_urlsafe(48),
        }


def kept_server() -> str | None:
    """Return the address of the PostgreSQL that `--serve` keeps up, or None."""
    if not is_locked(KEPT_SERVER_LOCK):
        return None
    try:
        return str(json.loads(KEPT_SERVER.read_text(encoding="utf-8"))["database_url"])
    except FileNotFoundError:  # it is still starting
        return None


def run(command: Sequence[str]) -> int:
    """Run `command` over test servers and return its exit status; Ctrl-C and SIGTERM reach it, and it decides."""
    with services(os.environ) as environment:
        signal.signal(signal.SIGINT, lambda *_: None)  # the terminal has sent it to the command as well
        process = processes.start(command, environment=environment, own_group=False)

        def pass_on(number: int, _: FrameType | None) -> None:
            process.send_signal(number)

        signal.signal(signal.SIGTERM, pass_on)
        status = process.wait()
        return status if status >= 0 else 128 - status


def serve() -> int:
    """Keep a PostgreSQL up until Ctrl-C or SIGTERM."""
    paths.STATE.mkdir(mode=0o700, exist_ok=True)
    with lock(KEPT_SERVER_LOCK, wait=False) as held:
        if held is None:
            raise ServiceError("A kept test server already runs for this checkout: use it, or stop it first.")
        KEPT_SERVER.unlink(missing_ok=True)
        with throwaway_home() as home, throwaway_postgres(home) as database:
            KEPT_SERVER.touch(mode=0o600)
            KEPT_SERVER.write_text(json.dumps({"database_url": database, "pid": os.getpid()}), encoding="utf-8")
            print(f"PostgreSQL for tests is up (process {os.getpid()}). Ctrl-C stops it.", flush=True)
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            try:
                signal.pause()
            except KeyboardInterrupt:
                pass
            finally:
                KEPT_SERVER.unlink(missing_ok=True)
    return 0


def _remove(home: paths.Home) -> None:
    shutil.rmtree(home.folder, ignore_errors=True)
    shutil.rmtree(home.sockets, ignore_errors=True)


def main() -> int:
    """Parse the command line and do what it asks."""
    parser = argparse.ArgumentParser(prog="python -m config.services.testing", description=__doc__)
    parser.add_argument("--serve", action="store_true", help="keep a PostgreSQL up for later commands")
    parser.add_argument("command", nargs="*", help="the command and its arguments, after --")
    arguments = parser.parse_args()
    if arguments.serve == bool(arguments.command):
        parser.error("give either --serve or a command after --")
    try:
        return serve() if arguments.serve else run(arguments.command)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
