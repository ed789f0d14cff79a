"""Predictions, explanations and discoveries."""

from __future__ import annotations

import math

import pytest

from lessons.catalogue.models import Event, Verb
from simulations import selectors, services
from simulations.errors import InvalidInput, NotDiscovered, NotYours, PredictionNotFound
from simulations.models import Discovery, Prediction
from tests.factories.accounts import MembershipFactory, PersonFactory
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.factories.simulations import PredictionFactory


@pytest.fixture
def committed(enrolment, now):
    """Commit an interval for p99 at 20 calls, which is 1,505 ms."""

    def commit(low, high, **changes):
        return services.commit_prediction(
            **{
                "enrolment": enrolment,
                "model": "tail_latency",
                "prompt": "p99_at_20_calls",
                "low": low,
                "high": high,
                "now": now,
                **changes,
            }
        )

    return commit


class TestCommitPrediction:
    def test_scores_an_interval_that_holds_by_its_width(self, committed):
        prediction = committed(1_000.0, 2_000.0)
        assert prediction.truth == pytest.approx(1_505, abs=0.5)
        assert prediction.held is True
        assert prediction.score == pytest.approx(math.log10(2.0))

    def test_scores_a_miss_worse_by_its_distance(self, committed):
        prediction = committed(300.0, 900.0)
        assert prediction.held is False
        assert prediction.score == pytest.approx(math.log10(3.0) + 20.0 * math.log10(prediction.truth / 900.0))

    def test_lets_the_first_stand(self, committed):
        first = committed(300.0, 900.0)
        again = committed(1_504.0, 1_506.0)
        assert again == first
        assert (again.low, again.high, again.held) == (300.0, 900.0, False)
        assert Event.objects.filter(verb=Verb.PREDICTED).count() == 1

    def test_shows_the_truth_unscored(self, committed, enrolment):
        prediction = committed(None, None)
        assert (prediction.held, prediction.score) == (None, None)
        assert selectors.calibration_of(enrolment).total == 0

    def test_does_not_score_after_the_truth_was_shown(self, committed):
        committed(None, None)
        assert committed(1_504.0, 1_506.0).score is None

    def test_is_kept_apart_for_two_enrolments(self, committed):
        first = committed(300.0, 900.0)
        second = committed(1_000.0, 2_000.0, enrolment=EnrolmentFactory())
        assert first != second
        assert second.held is True

    def test_ties_the_event_to_the_item(self, committed, enrolment, items_of):
        (item,) = items_of(enrolment, 1)
        committed(300.0, 900.0, item_key=item.key)
        assert Event.objects.get(enrolment=enrolment, verb=Verb.PREDICTED).item == item

    @pytest.mark.parametrize(
        ("low", "high", "field"),
        [
            (900.0, 300.0, "high"),
            (None, 900.0, "low"),
            (300.0, None, "high"),
            (math.nan, 900.0, "low"),
            (300.0, math.inf, "high"),
            (-5.0, 900.0, "low"),
            (300.0, 1e9, "high"),
        ],
    )
    def test_refuses_what_is_no_interval_and_names_the_end(self, committed, low, high, field):
        with pytest.raises(InvalidInput) as caught:
            committed(low, high)
        assert [fault.field for fault in caught.value.faults] == [field]
        assert not Prediction.objects.exists()

    def test_refuses_an_unknown_prompt_and_names_those_there_are(self, committed):
        with pytest.raises(InvalidInput, match="p99_at_20_calls"):
            committed(300.0, 900.0, prompt="p100")


class TestExplainPrediction:
    def explained(self, prediction, now, **changes):
        return services.explain_prediction(
            **{
                "prediction_id": prediction.pk,
                "actor": prediction.enrolment.person,
                "cause": "slowest-call",
                "explanation": "  One of twenty\nis nearly always slow. ",
                "now": now,
                **changes,
            }
        )

    def test_keeps_cause_and_sentence(self, now):
        prediction = self.explained(PredictionFactory(), now)
        assert (prediction.cause, prediction.explanation) == ("slowest-call", "One of twenty is nearly always slow.")
        assert Event.objects.get().verb == Verb.EXPLAINED

    def test_replaces_an_earlier_one_with_one_event(self, now):
        prediction = PredictionFactory()
        self.explained(prediction, now)
        again = self.explained(prediction, now, cause="long-tail", explanation="The tail is long.")
        assert again.cause == "long-tail"
        assert Event.objects.count() == 1

    @pytest.mark.parametrize("explanation", ["", " \n ", "x" * 501])
    def test_refuses_no_sentence_and_a_long_one(self, now, explanation):
        with pytest.raises(InvalidInput, match="1 to 500 characters"):
            self.explained(PredictionFactory(), now, explanation=explanation)

    def test_does_not_find_a_prediction_of_somebody_else(self, now):
        with pytest.raises(PredictionNotFound):
            self.explained(PredictionFactory(), now, actor=PersonFactory())

    def test_is_refused_to_staff_who_may_look(self, now):
        membership = MembershipFactory(instructor=True)
        prediction = PredictionFactory(enrolment__offering=OfferingFactory(cohort=membership.cohort))
        assert selectors.prediction_view(person=membership.person, prediction_id=prediction.pk).low == 300.0
        with pytest.raises(NotYours):
            self.explained(prediction, now, actor=membership.person)


class TestRecordDiscovery:
    def recorded(self, enrolment, now, **parameters):
        return services.record_discovery(
            enrolment=enrolment, model="tail_latency", experiment="slow_median", parameters=parameters, now=now
        )

    def test_keeps_what_the_engine_confirms(self, enrolment, now):
        discovery = self.recorded(enrolment, now, calls=100, slow_share=0.01)
        assert discovery.parameters["calls"] == "100"
        assert Event.objects.get().verb == Verb.DISCOVERED

    def test_lets_the_first_stand(self, enrolment, now):
        first = self.recorded(enrolment, now, calls=100, slow_share=0.01)
        assert self.recorded(enrolment, now, calls=100, slow_share=0.02) == first
        assert Discovery.objects.count() == Event.objects.count() == 1

    def test_refuses_a_claim_that_does_not_hold_and_says_what_is_asked(self, enrolment, now):
        with pytest.raises(NotDiscovered, match="past 100 ms"):
            self.recorded(enrolment, now, calls=1)
        assert not Discovery.objects.exists()

    def test_refuses_parameters_out_of_range(self, enrolment, now):
        with pytest.raises(InvalidInput, match="calls"):
            self.recorded(enrolment, now, calls=0)


class TestCalibration:
    def test_counts_scored_intervals_alone(self, enrolment):
        PredictionFactory(enrolment=enrolment, prompt="a")
        PredictionFactory(enrolment=enrolment, prompt="b", held=False)
        PredictionFactory(enrolment=enrolment, prompt="c", shown=True)
        PredictionFactory(prompt="a")
        calibration = selectors.calibration_of(enrolment)
        assert (calibration.held, calibration.total, calibration.aimed) == (1, 2, 0.9)


class TestInstrumentsOnPage:
    def embeds(self, items):
        return [selectors.Embed(item.key, "tail_latency", {"calls": 20}, "p99_at_20_calls") for item in items]

    def instruments(self, enrolment, embeds):
        return selectors.instruments_on_page(enrolment=enrolment, embeds=embeds, offering_slug="open")

    @pytest.mark.parametrize("size", [1, 9])
    def test_take_one_query_at_every_size(self, enrolment, items_of, size, django_assert_num_queries):
        items = items_of(enrolment, size)
        PredictionFactory(enrolment=enrolment, item=items[0])
        with django_assert_num_queries(1):
            assert len(self.instruments(enrolment, self.embeds(items))) == size

    def test_take_no_query_for_a_visitor(self, enrolment, items_of, django_assert_num_queries):
        embeds = self.embeds(items_of(enrolment, 3))
        with django_assert_num_queries(0):
            self.instruments(None, embeds)

    def test_hold_the_result_back_while_a_prediction_is_outstanding(self, enrolment, items_of):
        (item,) = items_of(enrolment, 1)
        for person in (None, enrolment):
            instrument = self.instruments(person, self.embeds([item]))[item.key]
            assert instrument.prediction_outstanding
            assert instrument.to_json()["result"] is None
            assert "1505" not in str(instrument.to_json())

    def test_show_the_result_once_it_is_locked(self, enrolment, items_of):
        (item,) = items_of(enrolment, 1)
        PredictionFactory(enrolment=enrolment)
        instrument = self.instruments(enrolment, self.embeds([item]))[item.key]
        shown = {figure.name: figure.text for figure in instrument.figures}
        assert (shown["median"], shown["p99"]) == ("28.5", "1,505")
        assert instrument.to_json()["prediction"]["calibration"] == {"held": 1, "total": 1, "aimed": 0.9}

    def test_show_the_result_where_nothing_is_asked(self):
        embed = selectors.Embed("chapter/free", "tail_latency", {"calls": 20})
        assert self.instruments(None, [embed])["chapter/free"].result is not None

    def test_mark_what_was_found(self, enrolment, now):
        services.record_discovery(
            enrolment=enrolment,
            model="tail_latency",
            experiment="slow_median",
            parameters={"calls": 100, "slow_share": 0.01},
            now=now,
        )
        embed = selectors.Embed("chapter/free", "tail_latency", {})
        experiments = self.instruments(enrolment, [embed])["chapter/free"].experiments
        assert [row["name"] for row in experiments if row["discovered"]] == ["slow_median"]
