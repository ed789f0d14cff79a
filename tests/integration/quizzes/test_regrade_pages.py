"""Pages of corrections and what learners are told, as a browser without script meets them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from lessons.catalogue.models import ItemKind
from quizzes.kinds import parse_question
from quizzes.kinds.editing import Input, editable_fields
from quizzes.models import Correction, Regrade
from quizzes.services import corrections
from tests.factories.accounts import LoginFactory, MembershipFactory
from tests.factories.catalogue import EnrolmentFactory, ItemFactory, ItemVersionFactory
from tests.integration.quizzes.correcting import School

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch) -> School:
    """A cohort whose question stands in a chapter, with an instructor who can log in."""
    monkeypatch.setattr(corrections, "SECOND_LOOK", range(20, 24))
    school = School(timezone.now() - datetime.timedelta(days=1))
    revision = school.offering.revision
    chapter = ItemVersionFactory(revision=revision, item=ItemFactory(chapter=True, course=revision.course))
    section = ItemVersionFactory(revision=revision, item__kind=ItemKind.SECTION, parent=chapter)
    school.version.parent = section
    school.version.save()
    school.instructor = someone(school, instructor=True)
    return school


def someone(school: School, **role: bool) -> Person:
    """Somebody of the cohort who can log in."""
    person = LoginFactory().person
    MembershipFactory(cohort=school.offering.cohort, person=person, **role)
    return person


def browser(person: Person) -> Client:
    """A browser in which somebody is logged in."""
    client = Client()
    client.force_login(person.login)
    return client


def sent(school: School, **changes: Any) -> dict[str, str]:
    """The form of the question's key, filled in."""
    fields = [f for group in editable_fields(parse_question(school.version.payload).definition) for f in group.fields]
    form = {field.path: field.value for field in fields if field.input is not Input.TICK}
    return form | {"reason": "The key took the wrong formula."} | {k.replace("__", "."): v for k, v in changes.items()}


def corrected(school: School) -> dict[str, str]:
    """The form with the union bound for a key."""
    return sent(school, answer__value="union", removed__misconceptions__0="on")


class TestCorrecting:
    def test_from_the_form_to_the_marks(self, school: School) -> None:
        attempt = school.answered("union", "union", "union")
        school.answered("share")
        staff = browser(school.instructor)
        base = f"/learn/{school.offering.slug}/corrections/"
        assert b"The share of slow pages" in staff.get(base).content

        answer = staff.post(f"{base}questions/{school.key}/", corrected(school))
        assert answer.status_code == 303
        page = staff.get(answer["Location"]).content.decode()
        assert "The better of both" in page
        assert "down by 90 to 100 points" in page
        assert not Regrade.objects.exists()

        draft = Correction.objects.get()
        applied = staff.post(f"{base}{draft.pk}/apply", {"policy": "best"})
        assert applied.status_code == 303
        assert "Marks are being regraded" in staff.get(applied["Location"]).content.decode()
        school.apply(draft, "best")
        done = staff.get(applied["Location"]).content.decode()
        assert "every mark was done" in done
        assert "1 up, 0 down, 1 unchanged" in done
        assert Regrade.objects.get(attempt=attempt).after == 1

    def test_keeps_what_was_typed_where_it_cannot_be_used(self, school: School) -> None:
        staff = browser(school.instructor)
        address = f"/learn/{school.offering.slug}/corrections/questions/{school.key}/"

        answer = staff.post(address, sent(school, answer__value="9**9**9**9", right="My <b>words</b>"))

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "9**9**9**9" in page
        assert "My &lt;b&gt;words&lt;/b&gt;" in page
        assert "This can't be used yet" in page
        assert not Correction.objects.exists()

    def test_refuses_an_address_that_is_no_question(self, school: School) -> None:
        staff = browser(school.instructor)
        base = f"/learn/{school.offering.slug}/corrections/"
        for path in ("questions/nothing/", "00000000-0000-0000-0000-000000000000/"):
            assert staff.get(base + path).status_code == 404

    def test_another_cohorts_correction_is_not_there(self, school: School, now: datetime.datetime) -> None:
        other = School(now)
        draft = other.draft()
        staff = browser(school.instructor)

        for slug in (school.offering.slug, other.offering.slug):
            assert staff.get(f"/learn/{slug}/corrections/{draft.pk}/").status_code == 404
            assert staff.post(f"/learn/{slug}/corrections/{draft.pk}/apply", {"policy": "new"}).status_code == 404
        draft.refresh_from_db()
        assert draft.state == "drafted"

    def test_says_why_one_that_was_overtaken_is_not_applied(self, school: School) -> None:
        first, second = school.draft(), school.draft(reason="I saw it too.")
        school.apply(first)

        answer = browser(school.instructor).post(
            f"/learn/{school.offering.slug}/corrections/{second.pk}/apply", {"policy": "new"}
        )

        assert answer.status_code == 409
        assert "applied after this one was drafted" in answer.content.decode()

    def test_says_that_a_policy_is_missing(self, school: School) -> None:
        draft = school.draft()
        answer = browser(school.instructor).post(f"/learn/{school.offering.slug}/corrections/{draft.pk}/apply")

        assert answer.status_code == 422
        assert "Choose what becomes of the marks" in answer.content.decode()

    def test_drops_a_draft(self, school: School) -> None:
        draft = school.draft()
        staff = browser(school.instructor)

        assert staff.post(f"/learn/{school.offering.slug}/corrections/{draft.pk}/again").status_code == 303
        assert staff.post(f"/learn/{school.offering.slug}/corrections/{draft.pk}/discard").status_code == 303
        assert not Correction.objects.exists()

    @pytest.mark.parametrize("stage", ["looking", "refused"])
    def test_says_where_a_draft_stands(self, school: School, stage: str) -> None:
        draft = school.draft()
        Correction.objects.update(forecast_at=None, fault="It would change the stem." if stage == "refused" else "")

        page = browser(school.instructor).get(f"/learn/{school.offering.slug}/corrections/{draft.pk}/")

        said = {"looking": "Looking at who would change", "refused": "It would change the stem."}
        assert said[stage] in page.content.decode()

    @pytest.mark.parametrize("sort", ["change", "name", "before", "after", "nonsense"])
    @pytest.mark.parametrize("policy", ["new", "best", "full", "nonsense"])
    def test_sorts_learners_by_anything(self, school: School, sort: str, policy: str) -> None:
        for names in (["share"], ["union"] * 3, ["neither"] * 3):
            school.answered(*names)
        draft = school.draft()

        page = browser(school.instructor).get(
            f"/learn/{school.offering.slug}/corrections/{draft.pk}/?sort={sort}&policy={policy}&page=99"
        )

        assert page.status_code == 200

    @pytest.mark.parametrize("learners", [1, 9])
    def test_takes_as_many_queries_whatever_the_number_of_learners(
        self, school: School, learners: int, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(learners):
            school.answered("share")
        draft, staff = school.draft(), browser(school.instructor)

        with django_assert_max_num_queries(24):
            staff.get(f"/learn/{school.offering.slug}/corrections/{draft.pk}/")


class TestTold:
    @pytest.fixture
    def learner(self, school: School) -> Person:
        """Somebody who answered the union bound three times, and can log in."""
        person = someone(school)
        enrolment = EnrolmentFactory(offering=school.offering, person=person)
        school.answer(school.attempt(enrolment), "union", "union", "union")
        return person

    def test_on_the_card_and_at_home_until_it_is_noted(self, school: School, learner: Person) -> None:
        client = browser(learner)
        address = f"/learn/{school.offering.slug}/questions/{school.key}/"
        assert b"was corrected" not in client.get(address).content

        school.apply()

        card = client.get(address).content.decode()
        assert "your mark went from 0% to 100%. The key took the wrong formula." in card
        assert "Mark: 100%, as the question was corrected." in card
        assert "Right." in card, "the answer is shown as it is judged now"
        assert "Marks that changed" in client.get("/home/").content.decode()

        regrade = Regrade.objects.get()
        answer = client.post("/regrades/seen", {"regrade": [regrade.pk, "x", "-1"], "next": "/home/"})
        assert answer["Location"] == "/home/"
        assert "Marks that changed" not in client.get("/home/").content.decode()
        assert "your mark went" in client.get(address).content.decode()

    def test_leads_nowhere_else(self, learner: Person) -> None:
        answer = browser(learner).post("/regrades/seen", {"next": "https://elsewhere.example/"})

        assert answer["Location"] == "/home/"

    def test_nobody_notes_what_is_not_theirs(self, school: School, learner: Person) -> None:
        school.apply()
        browser(someone(school)).post("/regrades/seen", {"regrade": Regrade.objects.get().pk})

        assert Regrade.objects.get().seen_at is None

    def test_costs_no_query_where_nothing_was_corrected(
        self, school: School, learner: Person, django_assert_max_num_queries: Any
    ) -> None:
        client = browser(learner)
        address = f"/learn/{school.offering.slug}/questions/{school.key}/"
        client.get(address)

        with django_assert_max_num_queries(6):
            client.get(address)
        school.apply()
        client.get(address)
        with django_assert_max_num_queries(7):
            client.get(address)
