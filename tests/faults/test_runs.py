"""Runs whose worker is killed, whose broker stops, whose learner leaves: nothing acknowledged is lost."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from config.celery import application
from config.celery_settings import broker_address
from config.services import processes, testing, valkey
from simulations import policy, runner, services
from simulations.engine.histogram import Histogram
from simulations.engine.sampling import generator_for, plan
from simulations.models import Computation, Run
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory

ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 90
SHARDS = 4
PARAMETERS = {"calls": 100, "call_correlation": 0.3}
HANGING_SECONDS = 3.0
"""A publish that waited for a silent broker as workers do, 5 s, would take longer than this."""

QUEUE_UNREACHABLE = "The queue is not reachable. Your run is kept and starts by itself when it is."
pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


class Broker:
    """A Valkey that tests stop, freeze and start again."""

    def __init__(self, server: valkey.Valkey) -> None:
        self.server = server
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = self.server.start()
        processes.wait_until_ready(
            "Valkey", self.process, self.server.is_ready, seconds=valkey.START_SECONDS, log=self.server.log
        )

    def stop(self) -> None:
        assert self.process is not None
        self.process.kill()  # it keeps nothing, and a frozen one hears nothing else
        self.process.wait()

    def freeze(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)


@pytest.fixture
def broker(monkeypatch, settings) -> Iterator[Broker]:
    """A broker of the test's own, which is its cache as well."""
    with testing.throwaway_home() as home:
        server = valkey.Valkey(home, valkey.locate_program(home), keep=False)
        server.prepare()
        broker = Broker(server)
        broker.start()
        monkeypatch.setattr(application.conf, "broker_url", broker_address(server.url()))
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": server.url()}}
        yield broker
        broker.stop()


@pytest.fixture
def start_worker(broker, tmp_path, transactional_db) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start workers on the test's database and broker; none outlives the test."""
    started: list[subprocess.Popen[bytes]] = []
    parts = urlsplit(os.environ["DATABASE_URL"])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}")),
        "REDIS_URL": broker.server.url(),
    }

    def start(*, processes: int = 1, beat: bool = False) -> subprocess.Popen[bytes]:
        command = [
            *(sys.executable, "-m", "celery", "--app", "config.celery:application", "worker"),
            *("--queues", "interactive,grading,bulk,mail", "--concurrency", str(processes)),
            *("--without-gossip", "--without-mingle", "--loglevel", "INFO"),
            *(("--beat", "--schedule", str(tmp_path / "schedule")) if beat else ()),
        ]
        with (tmp_path / f"worker-{len(started)}.log").open("wb") as log:
            worker = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        started.append(worker)
        return worker

    yield start
    for worker in started:
        kill(worker)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """Kill a worker and its children, as a machine that loses power would."""
    try:
        os.killpg(worker.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    worker.wait()


def children_of(worker: subprocess.Popen[bytes]) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()]


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            computation = Computation.objects.first()
            pytest.fail(f"{what} did not happen within {WAIT_SECONDS} s; the computation is {computation.__dict__}")
        time.sleep(0.05)


def shards_done() -> int:
    return Computation.objects.get().finished_shards.count()


def has_succeeded() -> bool:
    return Computation.objects.get().state == Computation.State.SUCCEEDED


def heavy_state() -> tuple[policy.State, int]:
    """Return a state of which a shard takes about a second, and the size of a run of SHARDS of them."""
    state = policy.read_state("tail_latency", PARAMETERS)
    requests = SHARDS * policy.sampler_of(state.model).shard_size(state.parameters)
    return policy.read_run("tail_latency", PARAMETERS, requests=requests, seed=7), requests


@pytest.fixture(scope="module")
def undisturbed_digest() -> str:
    """The digest of the run's draws, made in this process one shard after the other."""
    state, requests = heavy_state()
    sampler = policy.sampler_of(state.model)
    merged = Histogram()
    for index, size in enumerate(plan(requests, sampler.shard_size(state.parameters))):
        merged = merged.merge(sampler.sample(state.parameters, generator_for(7, index, SHARDS), size))
    return hashlib.sha256(merged.to_bytes()).hexdigest()


@pytest.fixture
def heavy_run(broker, transactional_db) -> Run:
    """A run under way at the broker."""
    return services.request_run(
        enrolment=EnrolmentFactory(),
        model="tail_latency",
        parameters=PARAMETERS,
        requests=heavy_state()[1],
        item_key=None,
        seed=7,
        idempotency_key="heavy",
        now=timezone.now(),
    )


def sweep_later() -> int:
    """Sweep as after a minute of silence."""
    return services.sweep(now=timezone.now() + timedelta(minutes=1))


class TestAKilledWorker:
    def test_leaves_the_same_bytes_as_an_undisturbed_run(self, heavy_run, start_worker, undisturbed_digest):
        first = start_worker()
        wait_for(lambda: shards_done() >= 1, "a first shard")
        kill(first)
        assert 1 <= shards_done() < SHARDS
        start_worker(processes=2)
        assert sweep_later() == 1
        wait_for(has_succeeded, "the result")
        assert Computation.objects.get().result_digest == undisturbed_digest

    def test_has_its_shard_drawn_again_when_only_a_child_dies(self, heavy_run, start_worker, undisturbed_digest):
        worker = start_worker()
        wait_for(lambda: shards_done() >= 1, "a first shard")
        for child in children_of(worker):
            os.kill(child, signal.SIGKILL)
        wait_for(has_succeeded, "the result")
        assert Computation.objects.get().result_digest == undisturbed_digest


class TestACancelledRun:
    def test_stops_its_shards_and_goes_on_from_there(self, heavy_run, start_worker, undisturbed_digest):
        person = heavy_run.enrolment.person
        start_worker()
        wait_for(lambda: shards_done() >= 1, "a first shard")
        services.cancel_run(run_id=heavy_run.pk, actor=person, now=timezone.now())
        at_most = shards_done() + 1
        # A shard of another computation, behind what is left of this one in the queue, shows that the queue is empty.
        marker = services.request_run(
            enrolment=EnrolmentFactory(),
            model="tail_latency",
            parameters={"calls": 1},
            requests=1_000,
            item_key=None,
            seed=None,
            idempotency_key="marker",
            now=timezone.now(),
        )
        wait_for(lambda: Computation.objects.get(runs=marker).state == "succeeded", "the marker")
        mine = Computation.objects.get(runs=heavy_run)
        assert mine.state == Computation.State.CANCELLED
        kept = mine.finished_shards.count()
        assert kept <= at_most < SHARDS
        services.restart_run(run_id=heavy_run.pk, actor=person, now=timezone.now())
        wait_for(lambda: Computation.objects.get(pk=mine.pk).state == "succeeded", "the result")
        mine.refresh_from_db()
        assert mine.result_digest == undisturbed_digest
        assert mine.finished_shards.filter(finished_at__lt=mine.started_at).count() == kept


class TestABrokerThatIsGone:
    @pytest.fixture
    def ask(self, transactional_db) -> Callable[[], tuple[dict, float]]:
        """Ask for a small run over the API; return the answer and how long it took."""
        offering = OfferingFactory(slug="open")
        client = Client()

        def ask() -> tuple[dict, float]:
            started = time.monotonic()
            response = client.post(
                "/api/v1/runs/",
                {"offering": offering.slug, "model": "tail_latency", "parameters": {"calls": 1}, "requests": 1_000},
                content_type="application/json",
                headers={"Idempotency-Key": "small"},
            )
            assert response.status_code == HTTPStatus.ACCEPTED, response.content
            return response.json(), time.monotonic() - started

        return ask

    def test_is_said_and_the_run_is_kept_and_starts_by_itself(self, broker, ask, start_worker):
        broker.stop()
        answer, seconds = ask()
        assert answer["message"] == QUEUE_UNREACHABLE
        assert seconds < HANGING_SECONDS
        assert Run.objects.get().computation.state == Computation.State.QUEUED
        broker.start()
        start_worker(beat=True)
        wait_for(has_succeeded, "the result")

    def test_is_said_when_it_does_not_answer_either(self, broker, ask):
        broker.freeze()
        answer, seconds = ask()
        assert answer["message"] == QUEUE_UNREACHABLE
        assert seconds < HANGING_SECONDS

    def test_is_met_again_on_the_way(self, broker, heavy_run, start_worker, undisturbed_digest):
        worker = start_worker()
        wait_for(lambda: shards_done() >= 1, "a first shard")
        broker.stop()
        kill(worker)
        broker.start()
        start_worker(processes=2)
        sweep_later()
        wait_for(has_succeeded, "the result")
        assert Computation.objects.get().result_digest == undisturbed_digest


class TestTheWindow:
    def test_is_all_that_the_broker_holds(self, broker, heavy_run):
        with application.connection_for_read() as held:
            assert held.default_channel.client.llen("bulk") == runner.WINDOW
