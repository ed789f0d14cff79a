"""Questions of every kind in the browser and over the API: answered, judged part by part, kept, refused."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from lessons.catalogue.models import Enrolment, ItemVersion, Offering
from quizzes.kinds import KINDS, AnswerField
from quizzes.models import Attempt, Draft, Step, Variant
from quizzes.policy import first_seed
from quizzes.selectors import QuestionCard, question_of, questions_on_page
from quizzes.selectors.cards import TRY_FRAGMENTS
from tests.factories.accounts import LoginFactory
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.factories.quizzes import QuestionFactory
from tests.integration.quizzes.conftest import current, examples, right, wrong
from tests.unit.kinds import definitions

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
EVERY_KIND = pytest.mark.parametrize(
    "definition", definitions.one_of_each_kind(), ids=lambda definition: definition["kind"]
)
IN_PARTS = [definition for definition in definitions.one_of_each_kind() if "parts" in KINDS[definition["kind"]].field]


class Asked:
    """A question in an open offering, and a learner at a browser who answers it."""

    def __init__(self, definition: dict[str, Any]) -> None:
        self.offering: Offering = OfferingFactory()
        self.version: ItemVersion = QuestionFactory(revision=self.offering.revision, payload=definition)
        self.enrolment: Enrolment = EnrolmentFactory(offering=self.offering)
        self.login = LoginFactory(person=self.enrolment.person)
        self.browser = Client()
        self.browser.force_login(self.login)

    def url(self, name: str) -> str:
        return reverse(f"quizzes:{name}", args=[self.offering.slug, self.version.item.key])

    def card(self) -> QuestionCard:
        key = self.version.item.key
        enrolment = Enrolment.objects.get(pk=self.enrolment.pk)
        cards = questions_on_page(
            enrolment=enrolment, revision=self.offering.revision, item_keys=[key], offering=self.offering
        )
        return cards[key]

    def variant(self) -> Variant:
        """The variant that is shown now, stored or not."""
        attempt = Attempt.objects.first()
        if attempt is not None:
            return current(attempt)
        seed = first_seed(self.enrolment.pk, self.version.item_id)
        return Variant(version=self.version, seed=seed)

    def form(self, answer: dict[str, Any], **changes: Any) -> dict[str, Any]:
        form = self.card().form
        assert form is not None
        hidden = {"variant": form.variant, "idempotency_key": form.idempotency_key, "sequence": form.sequence}
        return hidden | {"confidence": "fairly"} | as_fields(answer) | changes

    def page(self) -> str:
        return self.browser.get(self.url("question")).content.decode()

    def submit(self, answer: dict[str, Any], **changes: Any) -> str:
        response = self.browser.post(self.url("submit"), self.form(answer, **changes), headers=HTMX)
        assert response.status_code == 200
        return response.content.decode()

    def save(self, answer: dict[str, Any], **changes: Any) -> str:
        return self.browser.post(self.url("draft"), self.form(answer, **changes), headers=HTMX).content.decode()


def as_fields(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as a form sends it."""
    parts = answer.get("parts", {})
    return {name: said for name, said in answer.items() if name != "parts"} | {
        f"parts.{letter}": said for letter, said in parts.items()
    }


def names_in(page: str) -> set[str]:
    return set(re.findall(r'name="([^"]+)"', page[page.index('<div class="typed"') :]))


class TestFragments:
    @pytest.mark.parametrize("kind", KINDS)
    def test_each_kind_has_one(self, kind: str) -> None:
        assert get_template(f"quizzes/kinds/{kind}.html")

    @pytest.mark.parametrize("field", AnswerField)
    def test_each_answer_can_be_shown(self, field: AnswerField) -> None:
        assert get_template(f"quizzes/tries/{TRY_FRAGMENTS[field]}.html")


@EVERY_KIND
class TestEveryKind:
    def test_has_a_field_for_all_that_an_answer_holds(self, definition: dict[str, Any]) -> None:
        asked = Asked(definition)
        answer = as_fields(right(asked.variant()))

        assert names_in(asked.page()) == {*answer, "confidence"}

    def test_states_how_it_is_marked_before_the_start(self, definition: dict[str, Any]) -> None:
        asked = Asked(definition)
        rendered = question_of(asked.version).draw(first_seed(asked.enrolment.pk, asked.version.item_id)).rendered

        stated = KINDS[definition["kind"]].credit(rendered)
        assert html.escape(stated) in asked.page()

    def test_takes_a_right_answer(self, definition: dict[str, Any]) -> None:
        asked = Asked(definition)

        text = asked.submit(right(asked.variant()))

        assert Step.objects.get().outcome == "correct"
        assert "Mark: 100%." in text
        assert "Worked solution" in text

    def test_recognises_a_misconception_and_leaves_another_try(self, definition: dict[str, Any]) -> None:
        asked = Asked(definition)
        answer = wrong(asked.variant())

        text = asked.submit(answer)

        step = Step.objects.get()
        assert step.misconception == examples(Attempt.objects.get().variants.get(number=1)).wrong[0][0]
        assert "Two tries left." in text
        assert "Next variant" in text

    def test_keeps_a_draft_and_shows_it_again(self, definition: dict[str, Any]) -> None:
        asked = Asked(definition)
        answer = right(asked.variant())

        assert "Saved at" in asked.save(answer)

        kept = Draft.objects.get().answer
        assert {name: kept[name] for name in answer} == answer
        page = asked.page()
        for name, said in as_fields(answer).items():
            for value in said if isinstance(said, list) else [said]:
                assert _is_filled_in(page, name, value), name

    def test_refuses_what_is_no_answer_and_keeps_what_was_given(self, definition: dict[str, Any]) -> None:
        asked = Asked(definition)
        answer = right(asked.variant())

        text = asked.submit(answer, confidence="")

        assert "You have not said how sure you are." in text
        assert not Step.objects.exists()
        for name, said in as_fields(answer).items():
            for value in said if isinstance(said, list) else [said]:
                assert _is_filled_in(text, name, value), name

    def test_asks_again_where_nothing_was_given(self, definition: dict[str, Any]) -> None:
        asked = Asked(definition)

        assert 'role="alert"' in asked.submit({})
        assert not Step.objects.exists()

    def test_does_not_take_a_megabyte(self, definition: dict[str, Any]) -> None:
        asked = Asked(definition)
        answer = as_fields(right(asked.variant()))
        name = next(iter(answer))

        for path in ("submit", "draft"):
            sent = asked.form({}, **answer | {name: "9" * 900_000})
            response = asked.browser.post(asked.url(path), sent, headers=HTMX)
            assert response.status_code == 200
            assert len(response.content) < 25_000
        assert not Step.objects.exists()
        assert len(str(Draft.objects.get().answer)) < 500

    def test_is_taken_over_the_api(self, definition: dict[str, Any]) -> None:
        asked = Asked(definition)
        api = APIClient()
        api.force_login(asked.login)
        opened = api.post(reverse("api-attempts"), {"offering": asked.offering.slug, "item": asked.version.item.key})
        attempt = Attempt.objects.get()
        address = reverse("api-attempt-submit", args=[attempt.pk])

        def submit(answer: dict[str, Any], key: str) -> Any:
            sent = {"variant": str(current(attempt).pk), "answer": answer, "confidence": "sure"}
            return api.post(address, sent, headers={"Idempotency-Key": key})

        rendered = current(attempt).rendered
        assert [part["id"] for part in opened.json()["question"].get("parts", [])] == [
            part["id"] for part in rendered.get("parts", [])
        ]
        assert opened.json()["question"].get("choices", []) == rendered.get("choices", [])
        refused = submit({}, "empty")
        assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/problem+json")
        first = submit(wrong(current(attempt)), "wrong")
        assert first.status_code == 200
        assert first.json()["steps"][0]["outcome"] != "correct"
        body = submit(right(current(attempt)), "right").json()
        assert (body["state"], body["steps"][1]["outcome"]) == ("finished", "correct")

    def test_keeps_the_key_while_tries_are_left(self, definition: dict[str, Any]) -> None:
        asked = Asked(definition)
        bodies = [asked.page()]
        for _ in range(2):
            answer = wrong(asked.variant())
            bodies += [asked.save(answer), asked.submit(answer), asked.page()]
        attempt = Attempt.objects.get()
        api = APIClient()
        api.force_login(asked.login)
        bodies.append(api.get(reverse("api-attempt", args=[attempt.pk])).content.decode())
        told = "\n".join(bodies)

        said = "".join(str(step.feedback) for step in attempt.steps.all())
        for variant in attempt.variants.all():
            for secret in _secrets_of(variant.key):
                assert secret not in told or secret in said, secret


class TestParts:
    @pytest.mark.parametrize("definition", IN_PARTS, ids=lambda definition: definition["kind"])
    def test_says_of_each_part_whether_it_is_right(self, definition: dict[str, Any]) -> None:
        asked = Asked(definition)

        text = asked.submit(wrong(asked.variant()))

        outcomes = [part["outcome"] for part in Step.objects.get().feedback["parts"].values()]
        judged = text[: text.index('class="fresh"')]
        assert judged.count(">Right<") == outcomes.count("correct") > 0
        assert judged.count(">Not right<") == outcomes.count("wrong")
        assert judged.count('class="part wrong"') + judged.count('class="part partial"') >= 1

    @pytest.mark.parametrize("definition", IN_PARTS, ids=lambda definition: definition["kind"])
    def test_tells_what_would_have_been_right_once_the_tries_are_used(self, definition: dict[str, Any]) -> None:
        asked = Asked({**definition, "tries": 1})
        answer = wrong(asked.variant())

        text = asked.submit(answer)

        variant = Variant.objects.get()
        for letter, kept in variant.key["parts"].items():
            assert kept["why_html"] in text
            if Step.objects.get().feedback["parts"][letter]["outcome"] != "correct":
                assert f"<b>{html.escape(kept['answer_text'])}</b>" in text

    def test_judges_no_single_card_of_two_bins_before_the_tries_are_used(self) -> None:
        asked = Asked({**definitions.categorise(bins=2), "tries": 2})

        text = asked.submit(wrong(asked.variant()))
        assert "3 of the 4 cards lie in their bins." in text
        assert ">Right<" not in text
        assert ">Not right<" not in text

        text = asked.submit(wrong(asked.variant()))
        assert (text.count(">Right<"), text.count(">Not right<")) == (3, 1)

    def test_shows_an_order_as_it_was_given(self) -> None:
        asked = Asked(definitions.ordering())
        answer = wrong(asked.variant())

        text = asked.submit(answer)

        judged = text[: text.index('class="fresh"')]
        assert re.findall(r"<b>(\d)(?:st|nd|rd|th)</b>", judged) == ["1", "2", "3", "4", "5"]

    def test_says_that_a_step_follows_from_an_earlier_figure(self) -> None:
        asked = Asked(definitions.estimate())

        text = asked.submit(wrong(asked.variant()))

        assert "follows from your own earlier figure" in text
        assert "Partly right, 66.7%." in text

    def test_shows_given_steps_worked_and_asks_for_the_others(self) -> None:
        asked = Asked(definitions.estimate(given=2, steps=definitions.half_worked()))

        page = asked.page()
        variant = question_of(asked.version).draw(first_seed(asked.enrolment.pk, asked.version.item_id))
        first, second, third = variant.rendered["parts"]
        assert first["given"] in page
        assert second["worked_html"] in page
        assert names_in(page) == {f"parts.{third['id']}", "confidence"}

    def test_refuses_a_place_given_twice_and_keeps_the_places(self) -> None:
        asked = Asked(definitions.ordering())
        answer = {"parts": dict(zip("abcde", "11345", strict=True))}

        text = asked.submit(answer)

        assert "Two cards are 1st and none is 2nd" in text
        assert all(_is_filled_in(text, f"parts.{letter}", place) for letter, place in answer["parts"].items())

    @pytest.mark.parametrize("hostile", ['"><script>alert(1)</script>', "5<img src=x>"])
    def test_shows_what_was_typed_as_text(self, hostile: str) -> None:
        asked = Asked(definitions.estimate())

        text = asked.submit({"parts": {"a": hostile, "b": hostile, "c": hostile}})

        assert "Step 1: " in text
        assert "<script" not in text
        assert "<img" not in text

    def test_hands_a_misspelt_term_back_and_spends_no_try(self) -> None:
        asked = Asked(definitions.short_text())

        text = asked.submit({"text": "idempotant"})

        assert "is spelt nearly like a term that counts here" in text
        assert 'value="idempotant"' in text
        assert not Step.objects.exists()

    def test_quotes_the_figures_of_a_stale_tab(self) -> None:
        asked = Asked(definitions.estimate())
        old = asked.form({"parts": {"a": "231", "b": "7", "c": "0.5"}})
        asked.submit(wrong(asked.variant()))

        text = asked.browser.post(asked.url("submit"), old, headers=HTMX).content.decode()

        assert "This tab showed an earlier variant" in text
        assert "You had typed “231”, “7”, “0.5”." in text

    def test_does_not_quote_the_letters_of_a_stale_tabs_picks(self) -> None:
        asked = Asked(definitions.matching())
        old = asked.form(right(asked.variant()))
        asked.submit(wrong(asked.variant()))

        text = asked.browser.post(asked.url("submit"), old, headers=HTMX).content.decode()

        assert "This tab showed an earlier variant" in text
        assert "You had typed" not in text


def _is_filled_in(page: str, name: str, value: str) -> bool:
    """Whether a form shows a value in its field: typed, picked or ticked."""
    said, field = re.escape(html.escape(value)), re.escape(name)
    chosen = re.search(rf'<select name="{field}".*?</select>', page, re.DOTALL)
    if chosen:
        return bool(re.search(rf'value="{said}"\s+selected', chosen.group()))
    ticked = re.search(rf'name="{field}"\s+value="{said}"\s+checked', page)
    return bool(ticked or re.search(rf'name="{field}"\s+value="{said}"\s+(?:inputmode|autocomplete)', page))


def _secrets_of(key: dict[str, Any]) -> set[str]:
    """What a key holds that a page must not say before the attempt is finished."""
    secrets = {key["solution_html"], key["right_html"]}
    for part in key.get("parts", {}).values():
        secrets |= {part["why_html"]}
        wrong_ones = part.get("misconceptions", ())
        secrets |= {
            each["feedback_html"] for each in (wrong_ones.values() if isinstance(wrong_ones, dict) else wrong_ones)
        }
    secrets |= {each["feedback_html"] for each in key.get("misconceptions", ())}
    secrets |= set(key.get("accepted", ()))
    return secrets - {""}
