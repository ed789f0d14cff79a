"""Guesses that are no intervals: locked, scored by the engine's truth, and shown to those who may see them."""

from __future__ import annotations

import math
import re
from http import HTTPStatus
from typing import ClassVar

import pytest
from django.db import IntegrityError
from django.test import Client

from lessons.catalogue.models import Event, Verb
from simulations import selectors, services
from simulations.engine.registry import MODELS
from simulations.errors import InvalidInput
from simulations.models import Prediction
from tests.factories.accounts import LoginFactory, MembershipFactory
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.factories.simulations import PredictionFactory

MODEL = "scaling_cost"
ASKED = MODELS[MODEL].guess
FLAT = {"up": [10_000.0] * 7, "out": [10_000.0] * 7}


def truth_of(model):
    """Return the engine's own answer to a model's guess."""
    asked = MODELS[model].guess
    settings = MODELS[model].parameters(**asked.parameters)
    return asked.truth(settings, MODELS[model].evaluate(settings))


@pytest.fixture
def committed(enrolment, now):
    """Commit a guess of both costs."""

    def commit(guess=FLAT, **changes):
        asked = {"enrolment": enrolment, "model": MODEL, "prompt": ASKED.name, "guess": guess, "now": now}
        return services.commit_prediction(**{**asked, **changes})

    return commit


class TestCommitGuess:
    def test_scores_by_the_truth_that_the_engine_gives_at_the_prompts_settings(self, committed):
        prediction = committed()
        truth = truth_of(MODEL)
        assert prediction.guess_truth == truth
        assert prediction.guess_truth["up"][-1] == pytest.approx(1_000.0 * 64.0**1.4)
        expected = [abs(math.log10(value / 10_000.0)) for row in truth.values() for value in row]
        assert prediction.score == pytest.approx(sum(expected) / 14.0)

    def test_is_perfect_for_the_truth(self, committed):
        prediction = committed({name: list(row) for name, row in truth_of(MODEL).items()})
        assert prediction.score == 0.0

    def test_lets_the_first_stand_with_one_event(self, committed):
        first = committed()
        again = committed({name: list(row) for name, row in truth_of(MODEL).items()})
        assert (again, again.score) == (first, first.score)
        assert Event.objects.filter(verb=Verb.PREDICTED).count() == 1

    def test_does_not_score_what_was_shown_then_or_later(self, committed):
        assert committed(None).score is None
        assert committed().guess is None
        assert Prediction.objects.get().guess_truth is not None

    def test_stays_out_of_the_calibration_of_intervals(self, committed, enrolment):
        committed()
        assert selectors.calibration_of(enrolment).total == 0

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"guess": {**FLAT, "up": [1.0] * 6}}, "guess.up"),
            ({"guess": {**FLAT, "up": [math.nan] * 7}}, "guess.up"),
            ({"guess": {**FLAT, "sideways": [1.0] * 7}}, "guess.sideways"),
            ({"guess": "flat"}, "guess"),
            ({"low": 1.0}, "low"),
            ({"guess": None, "high": 1.0}, "high"),
            ({"prompt": "crossing", "low": 1.0, "high": 2.0}, "guess"),
            ({"prompt": "nothing"}, "prompt"),
        ],
    )
    def test_refuses_what_is_no_guess_and_keeps_nothing(self, committed, changes, field):
        with pytest.raises(InvalidInput) as caught:
            committed(**changes)
        assert [fault.field for fault in caught.value.faults] == [field]
        assert not Prediction.objects.exists()


class TestEveryShape:
    """What each scene asks, sent as the page sends it."""

    VERDICTS: ClassVar = {
        "curve": "a factor of 1 off on average|are a factor of 1|0 req/s off|0 percentage points off",
        "mark": "Your mark is a factor of 1 off",
        "ticks": "(6 of 6|3 of 3) are as you ticked",
        "placement": "12 of 12 lie within 0.15 of ours; on average yours are 0.00 off",
    }

    @pytest.mark.parametrize("model", [model for model in MODELS.values() if model.guess], ids=lambda model: model.name)
    def test_is_perfect_for_the_truth_and_says_so(self, committed, model):
        truth = truth_of(model.name)
        sent = {name: list(row) if model.guess.knots else row[0] for name, row in truth.items()}
        prediction = committed(sent, model=model.name, prompt=model.guess.name)
        assert (prediction.score, prediction.shape) == (0.0, model.guess.shape)
        prediction.refresh_from_db()
        view = selectors.prediction_view(person=prediction.enrolment.person, prediction_id=prediction.pk)
        assert re.search(self.VERDICTS[model.guess.shape], view.verdict), view.verdict

    @pytest.mark.parametrize(
        ("model", "guess", "verdict"),
        [
            ("maintainability", {"mark": 20}, "Your mark is a factor of 1.78 off."),
            ("cap_pacelc", dict.fromkeys(MODELS["cap_pacelc"].guess.names, True), "5 of 6 are as you ticked."),
            (
                "trade_off_mapper",
                dict.fromkeys(MODELS["trade_off_mapper"].guess.names, 0.5),
                "1 of 12 lie within 0.15 of ours; on average yours are 0.36 off.",
            ),
            ("cascade", {"goodput": [4_000.0] * 7}, "Your curve is 2,000 req/s off on average."),
        ],
        ids=["mark", "ticks", "placement", "linear curve"],
    )
    def test_says_how_far_it_is_off(self, committed, model, guess, verdict):
        prediction = committed(guess, model=model, prompt=MODELS[model].guess.name)
        assert (
            selectors.prediction_view(person=prediction.enrolment.person, prediction_id=prediction.pk).verdict
            == verdict
        )

    @pytest.mark.parametrize(
        ("model", "changes", "field"),
        [
            ("trade_off_mapper", {"tea": 0.5}, "guess.tea"),
            ("trade_off_mapper", {"cart": 1.01}, "guess.cart"),
            ("cap_pacelc", {"near_write": 0.5}, "guess.near_write"),
            ("cap_pacelc", {"near_write": None}, "guess.near_write"),
            ("maintainability", {"mark": [20]}, "guess.mark"),
        ],
    )
    def test_refuses_what_it_does_not_know(self, committed, model, changes, field):
        sent = {**dict.fromkeys(MODELS[model].guess.names, 1), **changes}
        with pytest.raises(InvalidInput) as caught:
            committed(sent, model=model, prompt=MODELS[model].guess.name)
        assert [fault.field for fault in caught.value.faults] == [field]


class TestPredictionRow:
    @pytest.mark.parametrize(
        "changes",
        [
            {"shape": "curve"},
            {"guess": FLAT, "guess_truth": FLAT},
            {"shape": "curve", "low": None, "high": None, "held": None, "truth": None, "guess_truth": FLAT},
            {"low": None, "high": None, "held": None},
        ],
        ids=["interval as a curve", "guess as an interval", "scored without a guess", "scored without an interval"],
    )
    def test_cannot_mix_shapes_or_score_nothing(self, changes):
        with pytest.raises(IntegrityError):
            PredictionFactory(**changes)


class TestOverTheApi:
    @pytest.fixture
    def offering(self):
        return OfferingFactory(slug="open")

    def post(self, client, offering, **changes):
        body = {"offering": offering.slug, "model": MODEL, "prompt": ASKED.name, "guess": FLAT, **changes}
        return client.post("/api/v1/predictions/", body, content_type="application/json")

    def test_a_visitors_guess_is_locked_and_answered_in_words(self, client, offering):
        response = self.post(client, offering)
        assert response.status_code == HTTPStatus.CREATED, response.content
        prediction = response.json()
        assert (prediction["shape"], prediction["guess"], prediction["truth"]) == ("curve", FLAT, None)
        assert prediction["verdict"] == f"Your curves are a factor of {10 ** prediction['score']:.2f} off on average."
        again = self.post(client, offering, guess=None).json()
        assert again == prediction
        assert client.get(f"/api/v1/predictions/{prediction['id']}/").json() == prediction

    def test_is_not_found_by_others_nor_in_a_cohort_of_others(self, client, offering):
        prediction = self.post(client, offering).json()
        other = Client()
        other.force_login(LoginFactory())
        assert other.get(f"/api/v1/predictions/{prediction['id']}/").status_code == HTTPStatus.NOT_FOUND
        theirs = OfferingFactory(in_cohort=True)
        assert self.post(other, theirs).status_code == HTTPStatus.NOT_FOUND

    def test_is_explained_as_an_interval_is(self, client, offering):
        prediction = self.post(client, offering).json()
        body = {"cause": "not-proportional", "explanation": "The logarithm grows slowly."}
        told = client.patch(f"/api/v1/predictions/{prediction['id']}/", body, content_type="application/json")
        assert told.json()["explanation"] == "The logarithm grows slowly."

    @pytest.mark.parametrize("raw", ['{"up": [NaN]}', "[" * 90_000, '{"up": 1e999}', "9" * 5_000])
    def test_what_json_cannot_hold_is_refused(self, client, offering, raw):
        body = f'{{"offering": "open", "model": "{MODEL}", "prompt": "{ASKED.name}", "guess": {raw}}}'
        response = client.post("/api/v1/predictions/", body, content_type="application/json")
        assert response.status_code == HTTPStatus.BAD_REQUEST, response.content
        assert len(response.content) < 2_000
        assert not Prediction.objects.exists()


class TestOnAPage:
    def instrument(self, enrolment, offering_slug="open"):
        embed = selectors.Embed("chapter/costs", MODEL, {})
        page = selectors.instruments_on_page(enrolment=enrolment, embeds=[embed], offering_slug=offering_slug)
        return page["chapter/costs"].to_json()

    def test_the_question_comes_with_the_settings_and_without_the_truth(self):
        prompt = self.instrument(None)["guess_prompt"]
        assert prompt["parameters"]["exponent"] == "1.4"
        assert (prompt["shape"], prompt["names"], len(prompt["knots"])) == ("curve", ["up", "out"], 7)
        assert "truth" not in prompt

    def test_a_locked_guess_comes_back_to_its_own_learner(self, committed, enrolment):
        committed()
        assert self.instrument(enrolment)["guessed"]["guess"] == FLAT
        assert self.instrument(EnrolmentFactory())["guessed"] is None

    def test_nothing_is_asked_where_nothing_can_be_kept(self):
        assert self.instrument(None, offering_slug="")["guess_prompt"] is None


class TestAskedFirst:
    """A page that names the scene's guess as what comes before the first look."""

    def instrument(self, enrolment, offering_slug="open"):
        embed = selectors.Embed("chapter/costs", MODEL, {}, predict=ASKED.name)
        return selectors.instruments_on_page(enrolment=enrolment, embeds=[embed], offering_slug=offering_slug)[
            "chapter/costs"
        ]

    def test_keeps_the_result_back_until_it_is_answered(self, committed, enrolment):
        asked = self.instrument(enrolment)
        assert (asked.prompt["question"], asked.result) == (ASKED.question, None)
        document = asked.to_json()
        assert (document["guess_first"], document["prediction_prompt"], document["result"]) == (True, None, None)
        committed()
        answered = self.instrument(enrolment)
        assert answered.prediction.guess == FLAT
        document = answered.to_json()
        assert (document["guess_first"], document["prediction"]) == (False, None)
        assert document["guessed"]["guess"] == FLAT
        assert document["result"] is not None

    def test_is_not_asked_where_nothing_can_be_kept(self):
        assert self.instrument(None, offering_slug="").to_json()["guess_first"] is False


class TestScoredGuesses:
    @pytest.mark.parametrize("size", [1, 3])
    def test_take_one_query_at_every_size(self, enrolment, now, size, django_assert_num_queries):
        models = [model for model in MODELS.values() if model.guess is not None][:size]
        for model in models:
            truth = {name: list(row) if model.guess.knots else row[0] for name, row in truth_of(model.name).items()}
            services.commit_prediction(
                enrolment=enrolment, model=model.name, prompt=model.guess.name, guess=truth, now=now
            )
        with django_assert_num_queries(1):
            listed = selectors.scored_guesses_of(enrolment)
        assert {row.title for row in listed} == {model.title for model in models}

    def test_leave_out_intervals_what_was_shown_and_what_is_no_longer_asked(self, committed, enrolment):
        PredictionFactory(enrolment=enrolment)
        committed(None)
        drawn = {"low": None, "high": None, "held": None, "truth": None, "guess": FLAT, "guess_truth": FLAT}
        PredictionFactory(enrolment=enrolment, shape="curve", prompt="asked_once", **drawn)
        PredictionFactory(enrolment=enrolment, shape="curve", model="gone", prompt="both_costs", **drawn)
        assert selectors.scored_guesses_of(enrolment) == []

    def test_are_seen_by_staff_and_changed_by_nobody_else(self, committed, now):
        membership = MembershipFactory(instructor=True)
        theirs = EnrolmentFactory(offering=OfferingFactory(cohort=membership.cohort))
        prediction = committed(enrolment=theirs)
        view = selectors.prediction_view(person=membership.person, prediction_id=prediction.pk)
        assert view.verdict.startswith("Your curves are a factor of")
