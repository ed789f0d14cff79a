"""The stages between running servers and a running site: static files, migrations, the course, the demo."""

import hashlib
import os
import secrets
import sys
from collections.abc import Mapping

from config.services import frontend
from config.services.bootstrap import PREPARE_LOCK, run
from config.services.errors import ServiceError
from config.services.locks import lock
from config.services.paths import ROOT, STATE
from config.services.stages import Stage, perform

DEMO_LOGINS = STATE / "demo-logins.txt"
COURSE = ROOT / "lessons" / "courses" / "tradeoffs"
COLLECTED = ROOT / "static" / "collected"
ROOMS = [ROOT / room for room in ("accounts", "lessons", "simulations", "quizzes", "config")]
LOCKED = ROOT / "requirements.lock"


def perform_stages(environment: Mapping[str, str]) -> None:
    """Migrate, load the course, seed the demo and collect static files, each unless it was done.

    A database of our own is known by its address, which holds a password made with it. What others do to a database
    that was given to us we cannot know, so there no stage is skipped.
    """
    database = secrets.token_hex() if os.environ.get("DATABASE_URL") else environment["DATABASE_URL"]
    facts = [hashlib.sha256(database.encode()).hexdigest(), environment["DJANGO_SETTINGS_MODULE"]]
    migrations = [folder for room in ROOMS for folder in room.rglob("migrations")]
    collect_static_files(environment)
    perform(
        Stage("migrations", "Migrating the database", inputs=[*migrations, LOCKED], facts=facts),
        lambda: manage("migrate", "--no-input", environment=environment),
    )
    perform(
        Stage("course", "Loading the course", inputs=[*ROOMS, LOCKED], facts=facts),
        lambda: manage("course", "load", str(COURSE), environment=environment),
    )

    def seed() -> None:
        manage("seed_demo", environment=environment)
        DEMO_LOGINS.touch(mode=0o600)
        DEMO_LOGINS.write_text(manage("demo_logins", environment=environment), encoding="utf-8")

    perform(
        Stage("demo", "Making the demo bootcamp", inputs=[*ROOMS, LOCKED], facts=facts, products=[DEMO_LOGINS]), seed
    )


def collect_static_files(environment: Mapping[str, str]) -> None:
    """Gather the static files of front end and packages where the web server looks, unless that was done."""
    own = [folder for room in ROOMS for folder in room.rglob("static")]
    settings = environment["DJANGO_SETTINGS_MODULE"]
    perform(
        Stage(
            f"static-{settings}",
            "Collecting static files",
            inputs=[frontend.MANIFEST.parent, ROOT / "config" / "settings", *own, LOCKED],
            products=[COLLECTED],
        ),
        lambda: manage("collectstatic", "--no-input", environment=environment),
    )


def manage(*arguments: str, environment: Mapping[str, str]) -> str:
    """Run a management command and return what it printed.

    Raises:
        ServiceError: it failed.
    """
    return run([sys.executable, ROOT / "manage.py", *arguments], environment=environment)


def main() -> int:
    """Collect static files for a command that is about to serve them, one process at a time."""
    try:
        with lock(PREPARE_LOCK, wait=True):
            collect_static_files(os.environ)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
