"""What a person at a terminal may do to a running site, and what a machine may do to it."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.faults.checkouts import Checkout, Run, wait_for

pytestmark = [
    pytest.mark.fault,
    pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="finds processes through /proc"),  # noqa: PTH112
]

CHILDREN = ("postgres -D", "valkey-server", "gunicorn", "--quiet worker", "--quiet beat", "guard")


def write_row(checkout: Checkout) -> None:
    with psycopg.connect(database_url(checkout)) as connection:
        connection.execute("INSERT INTO row_kept DEFAULT VALUES")


def count_rows(checkout: Checkout) -> int:
    with psycopg.connect(database_url(checkout)) as connection:
        row = connection.execute("SELECT count(*) FROM row_kept").fetchone()
    assert row is not None
    return int(row[0])


def database_url(checkout: Checkout) -> str:
    environment = environment_of(checkout.the_process("gunicorn").pid)
    return environment["DATABASE_URL"]


def environment_of(pid: int) -> dict[str, str]:
    from pathlib import Path

    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def keep_the_worker_busy(checkout: Checkout) -> None:
    from celery import Celery

    environment = environment_of(checkout.the_process("gunicorn").pid)
    broker = environment["REDIS_URL"].replace("unix://", "redis+socket://").split("?")[0]
    with Celery("sender", broker=broker) as sender:
        sender.send_task("sleep", [300], queue="bulk")
    log = checkout.folder / ".state" / "logs" / "worker.log"
    wait_for(lambda: "received" in log.read_text(encoding="utf-8"), "a task in the worker")


@pytest.fixture(scope="module")
def running(checkouts: Callable[[], Checkout]) -> Iterator[tuple[Checkout, Run]]:
    """One site that is up, for the tests that leave it up."""
    checkout = checkouts()
    run = checkout.start().wait_until_up()
    yield checkout, run
    run.interrupt()


class TestKilledChild:
    @pytest.mark.parametrize("name", CHILDREN)
    def test_comes_back_and_the_site_answers(self, running: tuple[Checkout, Run], name: str) -> None:
        checkout, run = running
        killed = checkout.the_process(name)
        children = {process.pid for process in checkout.processes() if process.parent == killed.pid}
        killed.kill()
        wait_for(
            lambda: [process for process in checkout.processes(name) if process.pid > killed.pid],
            f"a successor of {name}",
        )
        wait_for(
            lambda: not children.intersection(process.pid for process in checkout.processes()),
            f"the end of what {name} had started",
        )
        assert run.page().isdigit()
        assert count_eventually(checkout) >= 0
        if name != "guard":
            assert "SIGKILL" in run.said


def count_eventually(checkout: Checkout) -> int:
    """Count rows as soon as the database takes connections again."""

    def count() -> list[int]:
        try:
            return [count_rows(checkout)]
        except psycopg.OperationalError:
            return []

    return wait_for(count, "a database that answers")[0]


class TestSecondStart:
    def test_in_the_same_folder_is_refused_in_a_sentence(self, running: tuple[Checkout, Run]) -> None:
        checkout, first = running
        second = checkout.start()
        assert second.process.wait(20) == 1
        assert second.said == (
            f"Headroom already runs at http://127.0.0.1:{first.port}/ from this folder "
            f"(process {first.process.pid}): use that one, or stop it first.\n"
        )

    def test_in_another_folder_runs_beside_it(
        self, running: tuple[Checkout, Run], checkouts: Callable[[], Checkout]
    ) -> None:
        checkout, first = running
        other = checkouts()
        second = other.start(HEADROOM_PORT=str(first.port)).wait_until_up()
        assert f"Port {first.port} is taken by another program; using {second.port}." in second.said
        write_row(other)
        assert database_url(other) != database_url(checkout)
        assert count_rows(other) == 1
        assert second.interrupt() == 0


class TestGivenServers:
    def test_are_used_and_none_of_ours_started(
        self, running: tuple[Checkout, Run], checkouts: Callable[[], Checkout]
    ) -> None:
        checkout, _ = running
        given = environment_of(checkout.the_process("gunicorn").pid)
        addresses = {name: given[name] for name in ("DATABASE_URL", "REDIS_URL")}
        other = checkouts()
        run = other.start(**addresses).wait_until_up()
        assert database_url(other) == addresses["DATABASE_URL"]
        assert other.processes("postgres -D") == other.processes("valkey-server") == []
        assert run.interrupt() == 0

        called = len(other.called())
        assert other.start().wait_until_up().interrupt() == 0
        assert other.called()[called:] == ["migrate --no-input", "course load", "seed_demo", "demo_logins"]


class TestInterrupt:
    def test_leaves_no_process_and_loses_no_row(self, checkout: Checkout) -> None:
        first = checkout.start().wait_until_up()
        write_row(checkout)
        assert first.interrupt() == 0
        assert first.said.endswith("Stopped.\n")
        assert checkout.processes() == []
        called = checkout.called()

        second = checkout.start().wait_until_up()
        assert count_rows(checkout) == 1
        assert checkout.called() == called, "a stage was repeated though nothing had changed"
        assert second.interrupt() == 0

    def test_during_the_start_leaves_no_process(self, checkout: Checkout) -> None:
        run = checkout.start()
        wait_for(lambda: checkout.processes("postgres -D"), "a PostgreSQL")
        assert run.interrupt() in {0, 130}
        assert checkout.processes() == []


class TestKilledSupervisor:
    def test_leaves_no_process_and_the_next_start_recovers(self, checkout: Checkout) -> None:
        first = checkout.start().wait_until_up()
        write_row(checkout)
        keep_the_worker_busy(checkout)
        first.process.kill()
        first.process.wait()
        second = checkout.start().wait_until_up()
        supervisor = second.process.pid
        strangers = [process for process in checkout.processes() if process.pid < supervisor]
        assert strangers == [], "the new site came up before the old one was gone"
        assert count_rows(checkout) == 1
        assert second.interrupt() == 0
        assert checkout.processes() == []

    def test_and_everything_with_it_is_recovered_from(self, checkout: Checkout) -> None:
        first = checkout.start().wait_until_up()
        write_row(checkout)
        os.kill(first.process.pid, signal.SIGSTOP)  # so that it restarts nothing meanwhile
        for process in checkout.processes():
            if process.pid != first.process.pid:
                process.kill()
        first.process.kill()
        first.process.wait()
        wait_for(lambda: not checkout.processes(), "the end of the first site")
        assert (checkout.home() / "sockets" / "valkey.sock").exists()
        note = next(checkout.home().glob("postgres-*/data/postmaster.pid"))
        lines = note.read_text(encoding="ascii").split("\n")
        note.write_text("\n".join([str(os.getpid()), *lines[1:]]), encoding="ascii")  # a live process, not a server

        second = checkout.start().wait_until_up()
        assert count_rows(checkout) == 1
        assert second.interrupt() == 0


class TestFailedStart:
    def test_of_a_stage_says_why_and_leaves_nothing(self, checkout: Checkout) -> None:
        broken = checkout.folder / "migrations-are-broken"
        broken.touch()
        run = checkout.start()
        assert run.process.wait(60) == 1
        assert "`python manage.py migrate` failed (status 1)" in run.said
        assert "the column is missing" in run.said
        assert checkout.processes() == []

        broken.unlink()
        assert checkout.start().wait_until_up().interrupt() == 0

    def test_of_the_web_server_names_its_log(self, checkout: Checkout) -> None:
        (checkout.folder / "config" / "wsgi.py").write_text("raise RuntimeError('no site')\n", encoding="utf-8")
        run = checkout.start()
        assert run.process.wait(60) == 1
        assert f"web ended at its start (status 1): its reason is at the end of {checkout.folder}" in run.said
        assert checkout.processes() == []

    def test_for_want_of_a_port_number_says_so(self, checkout: Checkout) -> None:
        run = checkout.start(HEADROOM_PORT="eighty")
        assert run.process.wait(60) == 1
        assert run.said.endswith(
            "HEADROOM_PORT is 'eighty', which is no port: set it to a number between 1 and 65535.\n"
        )


class TestTakenPort:
    def test_is_passed_over_and_said(self, checkout: Checkout) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = other.getsockname()[1]
            run = checkout.start(HEADROOM_PORT=str(taken)).wait_until_up()
            assert f"Port {taken} is taken by another program; using {run.port}." in run.said
            assert run.page().isdigit()
            assert run.interrupt() == 0


class TestThrowawayServers:
    def test_stand_beside_a_running_site_and_go_with_the_command(self, running: tuple[Checkout, Run]) -> None:
        checkout, _ = running
        write_row(checkout)
        before = {process.pid for process in checkout.processes("postgres -D")}
        question = (
            "import json, os, psycopg, redis;"
            "c = psycopg.connect(os.environ['DATABASE_URL']);"
            "t = c.execute(\"SELECT to_regclass('row_kept')\").fetchone()[0];"
            "print(json.dumps([t, redis.Redis.from_url(os.environ['REDIS_URL']).ping()]))"
        )
        run = checkout.start("config.services.testing", "--", checkout.python, "-c", question)
        assert run.process.wait(60) == 0
        assert json.loads(run.said) == [None, True]
        assert {process.pid for process in checkout.processes("postgres -D")} == before
        assert list(checkout.home().glob("test-*")) == []

    def test_hand_on_the_exit_status(self, running: tuple[Checkout, Run]) -> None:
        checkout, _ = running
        assert checkout.start("config.services.testing", "--", "sh", "-c", "exit 7").process.wait(60) == 7

    def test_end_with_a_killed_runner_and_are_cleared_away_by_the_next(self, checkout: Checkout) -> None:
        run = checkout.start("config.services.testing", "--", "sleep", "300")
        wait_for(lambda: [each for each in checkout.processes() if each.command.startswith("sleep")], "the command")
        run.process.kill()
        run.process.wait()
        wait_for(lambda: not checkout.processes(), "the end of its servers")
        assert len(list(checkout.home().glob("test-*"))) == 1
        assert checkout.start("config.services.testing", "--", "true").process.wait(60) == 0
        assert list(checkout.home().glob("test-*")) == []
