"""A request's id follows into the tasks that it causes."""

from __future__ import annotations

from types import SimpleNamespace

from celery.signals import before_task_publish, task_postrun, task_prerun

from config import logs
from config.celery import REQUEST_ID_HEADER, application


def task_with(**request: str) -> SimpleNamespace:
    return SimpleNamespace(name="simulations.run_shard", request=SimpleNamespace(**request))


class TestRequestId:
    def test_is_sent_with_a_task(self):
        headers: dict[str, object] = {}
        logs.bind(request_id="edge-0123456789")
        before_task_publish.send(sender="simulations.run_shard", headers=headers)
        assert headers[REQUEST_ID_HEADER] == "edge-0123456789"

    def test_is_bound_while_the_task_runs_and_forgotten_after(self):
        task_prerun.send(sender=None, task=task_with(request_id="edge-0123456789"), task_id="t-1")
        assert logs.current_request_id() == "edge-0123456789"
        task_postrun.send(sender=None)
        assert logs.current_request_id() == ""

    def test_of_a_task_that_nobody_asked_for_is_its_own(self):
        task_prerun.send(sender=None, task=task_with(), task_id="t-2")
        assert logs.current_request_id() == "t-2"


class TestApplication:
    def test_acknowledges_when_a_task_has_ended_and_gives_back_what_a_lost_worker_held(self):
        assert application.conf.task_acks_late
        assert application.conf.task_reject_on_worker_lost
        assert application.conf.worker_prefetch_multiplier == 1

    def test_keeps_heavy_work_apart_from_the_rest(self):
        routes = application.amqp.router
        assert routes.route({}, "simulations.run_shard")["queue"].name == "bulk"
        assert routes.route({}, "accounts.send_invitations")["queue"].name == "mail"
