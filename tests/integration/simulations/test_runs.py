"""Asking for runs, leaving them and coming back to them."""

from __future__ import annotations

import datetime
import uuid

import pytest

from lessons.catalogue.models import Event, Verb
from simulations import policy, runner, selectors, services
from simulations.errors import InvalidInput, KeyReused, NotYours, RunNotFound, TooManyRuns
from simulations.models import Computation, Run
from tests.factories.accounts import MembershipFactory, PersonFactory
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.factories.simulations import RunFactory

State = Computation.State


@pytest.mark.usefixtures("small_shards")
class TestRequestRun:
    def test_hands_a_window_of_shards_to_the_queue_when_it_commits(self, queue, run_wanted):
        run = queue.committed(services.request_run, **run_wanted)
        assert run.computation.shards == 6
        assert [index for *_, index in queue.tasks] == [0, 1, 2, 3]

    def test_hands_nothing_out_before_it_commits(self, queue, run_wanted):
        services.request_run(**run_wanted)
        assert not queue.tasks

    def test_returns_the_same_run_for_the_same_key(self, queue, run_wanted):
        first = queue.committed(services.request_run, **run_wanted)
        again = queue.committed(services.request_run, **run_wanted)
        assert again == first
        assert Run.objects.count() == 1
        assert len(queue.tasks) == runner.WINDOW

    def test_refuses_the_key_of_another_request(self, queue, run_wanted):
        queue.committed(services.request_run, **run_wanted)
        with pytest.raises(KeyReused, match="one"):
            services.request_run(**{**run_wanted, "seed": 8})

    def test_shares_one_computation_between_two_people(self, queue, run_wanted):
        first = queue.committed(services.request_run, **run_wanted)
        second = queue.committed(services.request_run, **{**run_wanted, "enrolment": EnrolmentFactory()})
        assert first.computation == second.computation
        assert len(queue.tasks) == runner.WINDOW

    def test_keeps_apart_what_differs_in_the_seed_alone(self, queue, run_wanted):
        first = queue.committed(services.request_run, **run_wanted)
        second = queue.committed(services.request_run, **{**run_wanted, "seed": 8, "idempotency_key": "two"})
        assert first.computation != second.computation

    def test_writes_the_event_at_once_when_the_result_is_there(self, queue, run_wanted, now):
        queue.committed(services.request_run, **run_wanted)
        queue.work()
        other = EnrolmentFactory()
        run = queue.committed(services.request_run, **{**run_wanted, "enrolment": other})
        view = selectors.run_view(person=other.person, run_id=run.pk, now=now)
        assert view.state == "succeeded"
        assert Event.objects.filter(enrolment=other, verb=Verb.RAN).count() == 1

    def test_keeps_the_run_when_the_queue_is_not_reachable_and_says_so(self, queue, run_wanted, enrolment, now):
        queue.reachable = False
        run = queue.committed(services.request_run, **run_wanted)
        view = selectors.run_view(person=enrolment.person, run_id=run.pk, now=now)
        assert view.state == "queued"
        assert view.message == "The queue is not reachable. Your run is kept and starts by itself when it is."
        queue.reachable = True
        assert queue.committed(services.sweep, now=now) == 1
        queue.work()
        assert selectors.run_view(person=enrolment.person, run_id=run.pk, now=now).state == "succeeded"

    def test_refuses_another_run_beyond_the_quota_and_gives_the_figure(self, queue, run_wanted):
        for number in range(policy.UNFINISHED_RUNS):
            queue.committed(services.request_run, **{**run_wanted, "seed": number, "idempotency_key": str(number)})
        with pytest.raises(TooManyRuns, match=f"You have {policy.UNFINISHED_RUNS} runs"):
            services.request_run(**{**run_wanted, "seed": 99, "idempotency_key": "last"})

    def test_allows_another_when_one_has_finished(self, queue, run_wanted):
        for number in range(policy.UNFINISHED_RUNS):
            queue.committed(services.request_run, **{**run_wanted, "seed": number, "idempotency_key": str(number)})
        queue.work()
        assert services.request_run(**{**run_wanted, "seed": 99, "idempotency_key": "last"})

    @pytest.mark.parametrize("key", ["", "k" * 81])
    def test_refuses_a_key_that_cannot_be_kept(self, run_wanted, key):
        with pytest.raises(InvalidInput, match=f"yours has {len(key)}"):
            services.request_run(**{**run_wanted, "idempotency_key": key})

    def test_refuses_an_item_of_another_course(self, run_wanted):
        with pytest.raises(InvalidInput, match="somewhere/else"):
            services.request_run(**{**run_wanted, "item_key": "somewhere/else"})


@pytest.mark.usefixtures("small_shards")
class TestCancelRun:
    def test_stops_the_work_when_the_last_leaves(self, queue, run_wanted, enrolment, now):
        run = queue.committed(services.request_run, **run_wanted)
        queue.deliver(queue.tasks.popleft())
        services.cancel_run(run_id=run.pk, actor=enrolment.person, now=now)
        queue.work()
        computation = Computation.objects.get()
        assert computation.state == State.CANCELLED
        assert computation.finished_shards.count() == 1

    def test_leaves_the_work_going_for_the_others(self, queue, run_wanted, enrolment, now):
        other = EnrolmentFactory()
        run = queue.committed(services.request_run, **run_wanted)
        theirs = queue.committed(services.request_run, **{**run_wanted, "enrolment": other})
        services.cancel_run(run_id=run.pk, actor=enrolment.person, now=now)
        queue.work()
        assert selectors.run_view(person=enrolment.person, run_id=run.pk, now=now).state == "cancelled"
        assert selectors.run_view(person=other.person, run_id=theirs.pk, now=now).state == "succeeded"
        assert not Event.objects.filter(enrolment=enrolment, verb=Verb.RAN).exists()

    def test_changes_nothing_when_the_run_has_finished(self, queue, run_wanted, enrolment, now):
        run = queue.committed(services.request_run, **run_wanted)
        queue.work()
        services.cancel_run(run_id=run.pk, actor=enrolment.person, now=now)
        assert selectors.run_view(person=enrolment.person, run_id=run.pk, now=now).state == "succeeded"

    def test_does_not_find_a_run_of_somebody_else(self, now):
        run = RunFactory()
        with pytest.raises(RunNotFound):
            services.cancel_run(run_id=run.pk, actor=PersonFactory(), now=now)

    def test_is_refused_to_staff_who_may_look(self, now):
        membership = MembershipFactory(instructor=True)
        run = RunFactory(enrolment__offering=OfferingFactory(cohort=membership.cohort))
        assert selectors.run_view(person=membership.person, run_id=run.pk, now=now).own is False
        with pytest.raises(NotYours):
            services.cancel_run(run_id=run.pk, actor=membership.person, now=now)


@pytest.mark.usefixtures("small_shards")
class TestRestartRun:
    def test_goes_on_from_the_shards_that_are_there(self, queue, run_wanted, enrolment, now):
        run = queue.committed(services.request_run, **run_wanted)
        for _ in range(2):
            queue.deliver(queue.tasks.popleft())
        services.cancel_run(run_id=run.pk, actor=enrolment.person, now=now)
        queue.tasks.clear()
        queue.committed(services.restart_run, run_id=run.pk, actor=enrolment.person, now=now)
        assert [index for *_, index in queue.tasks] == [2, 3, 4, 5]
        queue.work()
        assert selectors.run_view(person=enrolment.person, run_id=run.pk, now=now).state == "succeeded"

    def test_makes_tasks_of_the_earlier_life_do_nothing(self, queue, run_wanted, enrolment, now):
        run = queue.committed(services.request_run, **run_wanted)
        services.cancel_run(run_id=run.pk, actor=enrolment.person, now=now)
        earlier = list(queue.tasks)
        queue.tasks.clear()
        queue.committed(services.restart_run, run_id=run.pk, actor=enrolment.person, now=now)
        for task in earlier:
            queue.deliver(task)
        assert not Computation.objects.get().finished_shards.exists()
        assert len(queue.tasks) == runner.WINDOW

    def test_finishes_when_only_the_finish_was_missing(self, queue, run_wanted, enrolment, now, monkeypatch):
        run = queue.committed(services.request_run, **run_wanted)
        with monkeypatch.context() as patched:
            patched.setattr(runner, "finish", lambda *_, **__: False)
            queue.work()
        services.cancel_run(run_id=run.pk, actor=enrolment.person, now=now)
        queue.committed(services.restart_run, run_id=run.pk, actor=enrolment.person, now=now)
        queue.work()
        assert selectors.run_view(person=enrolment.person, run_id=run.pk, now=now).state == "succeeded"

    def test_counts_against_the_quota(self, queue, run_wanted, enrolment, now):
        run = queue.committed(services.request_run, **run_wanted)
        services.cancel_run(run_id=run.pk, actor=enrolment.person, now=now)
        for number in range(policy.UNFINISHED_RUNS):
            wanted = {**run_wanted, "seed": 10 + number, "idempotency_key": str(number)}
            queue.committed(services.request_run, **wanted)
        with pytest.raises(TooManyRuns):
            services.restart_run(run_id=run.pk, actor=enrolment.person, now=now)

    def test_leaves_a_run_under_way_alone(self, queue, run_wanted, enrolment, now):
        run = queue.committed(services.request_run, **run_wanted)
        queue.committed(services.restart_run, run_id=run.pk, actor=enrolment.person, now=now)
        assert Computation.objects.get().generation == 0
        assert len(queue.tasks) == runner.WINDOW


class TestRunView:
    def test_does_not_show_a_run_of_somebody_else(self, now):
        run = RunFactory()
        for person in (None, PersonFactory()):
            with pytest.raises(RunNotFound):
                selectors.run_view(person=person, run_id=run.pk, now=now)

    def test_does_not_find_what_does_not_exist(self, enrolment, now):
        with pytest.raises(RunNotFound):
            selectors.run_view(person=enrolment.person, run_id=uuid.uuid4(), now=now)

    def test_estimates_what_remains_from_what_was_drawn_since_the_start(
        self, queue, small_shards, run_wanted, enrolment
    ):
        run = queue.committed(services.request_run, **run_wanted)
        start = run_wanted["now"]
        seconds = iter(range(100))
        for _ in range(2):
            computation_id, generation, index = queue.tasks.popleft()
            runner.execute_shard(
                computation_id, generation, index, clock=lambda: start + datetime.timedelta(seconds=next(seconds))
            )
        view = selectors.run_view(person=enrolment.person, run_id=run.pk, now=start + datetime.timedelta(seconds=10))
        assert (view.progress.done, view.progress.total) == (2_000, 6_000)
        assert view.progress.elapsed_seconds == 10.0
        assert view.progress.remaining_seconds == 20.0
        assert view.message == "2,000 of 6,000 requests drawn. You may leave this page; the run goes on."


class TestPanelsOnPage:
    def embeds(self, items):
        return [
            selectors.RunEmbed(item.key, "tail_latency", {"calls": 20, "call_correlation": 0.3}, 40_000_000)
            for item in items
        ]

    @pytest.mark.parametrize("size", [1, 7])
    def test_takes_one_query_at_every_size(self, enrolment, now, size, django_assert_num_queries, items_of):
        items = items_of(enrolment, size)
        for item in items:
            RunFactory(enrolment=enrolment, item=item, created_at=now - datetime.timedelta(hours=1))
            RunFactory(enrolment=enrolment, item=item, created_at=now)
        with django_assert_num_queries(1):
            panels = selectors.panels_on_page(
                person=enrolment.person,
                enrolment=enrolment,
                embeds=self.embeds(items),
                offering_slug="open",
                now=now,
            )
        assert len(panels) == size
        assert all(panel.run is not None for panel in panels.values())

    def test_shows_the_latest_run(self, enrolment, now, items_of):
        (item,) = items_of(enrolment, 1)
        latest = RunFactory(enrolment=enrolment, item=item, created_at=now)
        RunFactory(enrolment=enrolment, item=item, created_at=now - datetime.timedelta(hours=1))
        panels = selectors.panels_on_page(
            person=enrolment.person, enrolment=enrolment, embeds=self.embeds([item]), offering_slug="open", now=now
        )
        assert panels[item.key].run.id == latest.pk

    def test_offers_the_run_to_a_visitor_without_a_query(self, now, django_assert_num_queries):
        embed = selectors.RunEmbed("chapter/run", "tail_latency", {"calls": 20, "call_correlation": 0.3}, 40_000_000)
        with django_assert_num_queries(0):
            panels = selectors.panels_on_page(
                person=None, enrolment=None, embeds=[embed], offering_slug="open", now=now
            )
        assert panels["chapter/run"].run is None
        assert panels["chapter/run"].estimated_seconds > 1.0
