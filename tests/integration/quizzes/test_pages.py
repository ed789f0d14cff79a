"""A question in the browser, with script and without."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Login, Person
from lessons.catalogue.models import Enrolment, ItemVersion
from quizzes.models import Attempt, Draft, Step, Variant
from quizzes.policy import VISITOR_SEED, first_seed
from quizzes.selectors import QuestionCard
from tests.factories.accounts import LoginFactory
from tests.factories.catalogue import OfferingFactory
from tests.integration.quizzes.conftest import Questions, card_of, current, questions_in, right, wrong

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def login(enrolment: Enrolment) -> Login:
    return LoginFactory(person=enrolment.person)


@pytest.fixture
def browser(client: Client, login: Login) -> Client:
    client.force_login(login)
    return client


def _url(name: str, questions: Questions, version: ItemVersion | None = None) -> str:
    return reverse(f"quizzes:{name}", args=[questions.offering.slug, (version or questions.numeric).item.key])


def _form(card: QuestionCard, answer: dict[str, Any], **changes: Any) -> dict[str, Any]:
    assert card.form is not None
    sent = {
        "variant": card.form.variant,
        "idempotency_key": card.form.idempotency_key,
        "sequence": card.form.sequence,
        "confidence": "fairly",
        "next": "/learn/somewhere/",
    }
    return sent | answer | changes


def _answer_to(version: ItemVersion, seed: int, *, is_right: bool) -> dict[str, Any]:
    shown = Variant(version=version, seed=seed)
    return right(shown) if is_right else wrong(shown)


class TestQuestionPage:
    def test_shows_the_question_and_its_rules_before_the_start(self, browser: Client, questions: Questions) -> None:
        page = browser.get(_url("question", questions)).content.decode()

        assert "First try of three." in page
        assert "Another try brings a fresh variant." in page
        assert "takes 25% off the mark" in page
        assert "A point separates decimals, a comma thousands." in page
        assert page.count('name="confidence"') == 3
        assert not Attempt.objects.exists()

    def test_is_open_to_visitors_and_writes_nothing(self, client: Client, questions: Questions) -> None:
        before = Person.objects.count()

        assert client.get(_url("question", questions)).status_code == 200
        assert Person.objects.count() == before

    def test_of_no_question_is_a_404(self, client: Client, questions: Questions) -> None:
        address = reverse("quizzes:question", args=[questions.offering.slug, "no/such"])

        assert client.get(address).status_code == 404

    def test_of_a_cohorts_offering_is_a_404_for_others(self, client: Client) -> None:
        walled = questions_in(OfferingFactory(in_cohort=True))

        assert client.get(_url("question", walled)).status_code == 404
        assert client.post(_url("submit", walled), {}).status_code == 404
        assert client.post(_url("draft", walled), {}).status_code == 404


class TestSubmit:
    def test_without_script_returns_to_the_page_at_the_question(
        self, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        card = card_of(questions, enrolment)

        response = browser.post(_url("submit", questions), _form(card, {"text": "3"}))

        assert response.status_code == 303
        assert response.headers["Location"] == f"/learn/somewhere/#{card.anchor}"
        assert Step.objects.get().answer == {"text": "3"}

    @pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)", ""])
    def test_never_returns_to_another_site(
        self, elsewhere: str, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        form = _form(card_of(questions, enrolment), {"text": "3"}, next=elsewhere)

        assert browser.post(_url("submit", questions), form).headers["Location"].startswith(_url("question", questions))

        refused = browser.post(_url("submit", questions), form | {"idempotency_key": "k", "text": ""})
        assert "example.com" not in refused.content.decode()
        assert "javascript" not in refused.content.decode()

    def test_with_script_answers_with_the_judged_question(
        self, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        card = card_of(questions, enrolment)
        answer = _answer_to(questions.numeric, _seed_of(enrolment, questions.numeric), is_right=False)

        fragment = browser.post(_url("submit", questions), _form(card, answer, confidence="sure"), headers=HTMX)

        text = fragment.content.decode()
        assert fragment.status_code == 200
        assert text.lstrip().startswith("<section")
        assert "Adding shares counts" in text
        assert "Not right. You were sure. Two tries left." in text
        assert "Next variant" in text
        assert "Second try of three" in text

    def test_shows_the_worked_solution_of_the_variant_once_finished(
        self, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        answer = _answer_to(questions.numeric, _seed_of(enrolment, questions.numeric), is_right=True)

        text = browser.post(
            _url("submit", questions), _form(card_of(questions, enrolment), answer), headers=HTMX
        ).content.decode()

        variant = Variant.objects.get()
        assert variant.key["solution_html"] in text
        assert f"The answer for these numbers is <b>{variant.key['answer_text']}</b>" in text
        assert "Mark: 100%." in text
        assert "<form" not in text

    def test_puts_the_feedback_at_the_option_that_was_picked(
        self, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        version = questions.choice
        answer = _answer_to(version, _seed_of(enrolment, version), is_right=False)

        text = browser.post(
            _url("submit", questions, version), _form(card_of(questions, enrolment, version), answer), headers=HTMX
        ).content.decode()

        feedback = Step.objects.get().feedback["html"]
        assert re.search(r'class="option wrong">.*?<span class="why">' + re.escape(feedback), text, re.DOTALL)
        assert text.count('<span class="why">') == 1

    def test_tells_which_options_held_once_the_tries_are_used(
        self, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        text = ""
        for _ in range(3):
            card = card_of(questions, enrolment, questions.choice)
            attempt = Attempt.objects.first()
            seed = current(attempt).seed if attempt else _seed_of(enrolment, questions.choice)
            answer = _answer_to(questions.choice, seed, is_right=False)
            text = browser.post(
                _url("submit", questions, questions.choice), _form(card, answer), headers=HTMX
            ).content.decode()

        assert text.count('class="option right"') == 1
        assert "(this holds)" in text
        assert "That was the last try." in text
        assert "Mark: 0%." in text

    def test_a_doubled_submit_has_one_effect(self, browser: Client, questions: Questions, enrolment: Enrolment) -> None:
        form = _form(card_of(questions, enrolment), {"text": "3"})

        first = browser.post(_url("submit", questions), form, headers=HTMX)
        second = browser.post(_url("submit", questions), form, headers=HTMX)

        assert Step.objects.count() == 1
        assert "Two tries left." in first.content.decode()
        assert "Two tries left." in second.content.decode()

    @pytest.mark.parametrize(("headers", "status"), [(HTMX, 200), ({}, 422)])
    def test_says_what_is_wrong_with_an_answer_and_keeps_it(
        self, headers: dict[str, str], status: int, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        form = _form(card_of(questions, enrolment), {"text": "4,9"}, confidence="guess")

        response = browser.post(_url("submit", questions), form, headers=headers)

        text = response.content.decode()
        assert response.status_code == status
        assert "“4,9” has a comma" in text
        assert 'value="4,9"' in text
        assert re.search(r'value="guess"\s+checked', text)
        assert not Step.objects.exists()

    def test_asks_how_sure_one_is_and_keeps_the_pick(
        self, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        form = _form(card_of(questions, enrolment, questions.choice), {"choice": "b"}, confidence="")

        text = browser.post(_url("submit", questions, questions.choice), form, headers=HTMX).content.decode()

        assert "You have not said how sure you are." in text
        assert re.search(r'value="b"\s+checked', text)

    @pytest.mark.parametrize(("headers", "status"), [(HTMX, 200), ({}, 409)])
    def test_tells_a_stale_tab_so_and_loses_nothing(
        self, headers: dict[str, str], status: int, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        form = _form(card_of(questions, enrolment), {"text": "3"})
        browser.post(_url("submit", questions), form)

        response = browser.post(
            _url("submit", questions), form | {"idempotency_key": "old tab", "text": "4.5"}, headers=headers
        )

        text = response.content.decode()
        assert response.status_code == status
        assert "This tab showed an earlier variant" in text
        assert "You had typed “4.5”." in text
        assert Step.objects.count() == 1

    def test_does_not_take_a_megabyte_for_an_answer(
        self, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        form = _form(card_of(questions, enrolment), {"text": "9" * 900_000})

        text = browser.post(_url("submit", questions), form, headers=HTMX).content.decode()

        assert "Your answer has 900,000 characters" in text
        assert len(text) < 20_000
        assert browser.post(_url("submit", questions), form | {"text": "9" * 1_100_000}).status_code == 413

    @pytest.mark.parametrize("hostile", ['"><script>alert(1)</script>', "5<img src=x>"])
    def test_shows_what_was_typed_as_text(
        self, hostile: str, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        form = _form(card_of(questions, enrolment), {"text": hostile})

        text = browser.post(_url("submit", questions), form, headers=HTMX).content.decode()

        assert "<script" not in text
        assert "<img" not in text

    def test_refuses_a_visitors_preview_to_somebody_with_one_of_their_own(
        self, browser: Client, questions: Questions, open_attempt: Any
    ) -> None:
        open_attempt()
        form = _form(card_of(questions, None), {"text": "3"})

        assert "earlier variant" in browser.post(_url("submit", questions), form, headers=HTMX).content.decode()

    def test_refuses_a_preview_of_an_older_revision(
        self, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        form = _form(card_of(questions, enrolment), {"text": "3"}, variant=f"own:{uuid4()}")

        assert "earlier variant" in browser.post(_url("submit", questions), form, headers=HTMX).content.decode()
        assert not Step.objects.exists()


class TestVisitor:
    def test_keeps_the_answer_of_somebody_without_a_login(self, client: Client, questions: Questions) -> None:
        card = card_of(questions, None)
        answer = _answer_to(questions.numeric, VISITOR_SEED, is_right=True)

        text = client.post(_url("submit", questions), _form(card, answer), headers=HTMX).content.decode()

        attempt = Attempt.objects.get()
        assert "Right." in text
        assert attempt.enrolment.offering == questions.offering
        assert not Login.objects.filter(person=attempt.enrolment.person).exists()
        assert "Finished" in client.get(_url("question", questions)).content.decode()

    def test_grades_what_a_visitor_saw_although_another_answer_enrolled_them(
        self, client: Client, questions: Questions
    ) -> None:
        first, second = card_of(questions, None), card_of(questions, None, questions.choice)
        client.post(_url("submit", questions), _form(first, {"text": "3"}))

        answer = _answer_to(questions.choice, VISITOR_SEED, is_right=True)
        client.post(_url("submit", questions, questions.choice), _form(second, answer))

        assert Enrolment.objects.count() == 1
        assert list(Step.objects.order_by("submitted_at").values_list("outcome", flat=True)) == ["wrong", "correct"]

    def test_keeps_a_visitors_draft(self, client: Client, questions: Questions) -> None:
        client.post(_url("draft", questions), _form(card_of(questions, None), {"text": "4,"}))

        page = client.get(_url("question", questions)).content.decode()
        assert 'value="4,"' in page
        assert "Saved at" in page


class TestDraft:
    def test_says_when_it_was_saved_in_the_learners_zone_and_hands_out_the_next_number(
        self, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        Enrolment.objects.update(time_zone="Asia/Kathmandu")

        text = browser.post(
            _url("draft", questions), _form(card_of(questions, enrolment), {"text": "4."}), headers=HTMX
        ).content.decode()

        saved = Draft.objects.get()
        minute = (saved.saved_at.minute + 45) % 60
        assert re.search(rf"Saved at \d\d:{minute:02d}", text)
        assert re.search(r'value="2"\s+hx-swap-oob="true"', text)
        assert saved.answer == {"text": "4.", "confidence": "fairly"}

    def test_tells_an_old_tab_that_a_newer_draft_is_kept(
        self, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        form = _form(card_of(questions, enrolment), {"text": "new"}, sequence=5)
        browser.post(_url("draft", questions), form)

        text = browser.post(_url("draft", questions), form | {"sequence": 3, "text": "old"}).content.decode()

        assert "Another tab saved a newer draft" in text
        assert "hx-swap-oob" not in text
        assert Draft.objects.get().answer["text"] == "new"

    def test_opens_the_fresh_variants_form_that_holds_it(
        self, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        browser.post(_url("submit", questions), _form(card_of(questions, enrolment), {"text": "3"}))
        page = browser.get(_url("question", questions)).content.decode()
        assert re.search(r'<details class="fresh"\s*>', page)

        browser.post(_url("draft", questions), _form(card_of(questions, enrolment), {"text": "4"}))

        assert re.search(
            r'<details class="fresh"\s+open\s*>', browser.get(_url("question", questions)).content.decode()
        )


class TestKeys:
    """Nothing of a key leaves the server before the attempt is finished."""

    @pytest.mark.parametrize("kind", ["numeric", "choice", "multiple"])
    def test_stay_on_the_server_while_tries_are_left(
        self, kind: str, browser: Client, questions: Questions, enrolment: Enrolment
    ) -> None:
        version: ItemVersion = getattr(questions, kind)
        bodies = [browser.get(_url("question", questions, version))]
        for _ in range(2):
            card = card_of(questions, enrolment, version)
            attempt = Attempt.objects.first()
            seed = current(attempt).seed if attempt else _seed_of(enrolment, version)
            answer = _answer_to(version, seed, is_right=False)
            bodies.append(browser.post(_url("draft", questions, version), _form(card, answer)))
            bodies.append(browser.post(_url("submit", questions, version), _form(card, answer), headers=HTMX))
            bodies.append(browser.get(_url("question", questions, version)))
            bodies.append(browser.get(reverse("api-attempt", args=[Attempt.objects.get().pk])))

        secrets = set()
        for variant in Variant.objects.all():
            secrets |= {variant.key["solution_html"], variant.key["right_html"]}
            if kind == "numeric":
                secrets |= {str(variant.key["value"]), f"is <b>{variant.key['answer_text']}</b>"}
            elif kind == "choice":
                secrets |= {option["feedback_html"] for option in variant.key["options"].values() if option["correct"]}
        told = "\n".join(body.content.decode() for body in bodies)
        assert all(body.status_code == 200 for body in bodies)
        assert [secret for secret in secrets if secret in told] == []
        assert '"exact"' not in told
        assert "tail-grows" not in told

    def test_are_not_even_on_the_card_while_tries_are_left(
        self, questions: Questions, enrolment: Enrolment, open_attempt: Any, submit: Any
    ) -> None:
        submit(open_attempt(), wrong)
        before = card_of(questions, enrolment)
        submit(open_attempt(), right)
        after = card_of(questions, enrolment)

        assert (before.solution_html, before.answer_text) == ("", "")
        assert after.solution_html
        assert after.answer_text


def _seed_of(enrolment: Enrolment, version: ItemVersion) -> int:
    return first_seed(enrolment.pk, version.item_id)
