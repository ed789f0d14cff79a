"""The gradebook: who is listed in which order, what a mark stands at, its history, and in how many queries."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.test import Client

from lessons.catalogue.models import Enrolment
from quizzes.models import Assignment, AssignmentMark, GradeEntry, Step
from quizzes.policy import total_of
from quizzes.selectors.gradebook import LEARNERS_A_PAGE
from quizzes.selectors.roster import Flag, Listing, learners_listed
from quizzes.selectors.works import categories_of, weighed, works_of
from tests.factories.catalogue import EnrolmentFactory
from tests.factories.quizzes import (
    AllowanceFactory,
    AttemptFactory,
    GradeEntryFactory,
    SittingFactory,
    VariantFactory,
)
from tests.integration.quizzes.graded_class import DAY, NOW, Class, question

pytestmark = pytest.mark.django_db


def submit(school: Class, name: str, assignment: Assignment, at: datetime.datetime) -> None:
    """Let a learner have submitted a try of an assignment's first question, and be marked for it."""
    sitting = SittingFactory(assignment=assignment, enrolment=school.enrolments[name], handed_in=True)
    item = question(assignment).item
    attempt = AttemptFactory(
        enrolment=sitting.enrolment,
        item=item,
        purpose="assignment",
        sitting=sitting,
        state="finished",
        ending="answered",
    )
    variant = VariantFactory(attempt=attempt, version=item.versions.get())
    Step.objects.create(
        attempt=attempt,
        variant=variant,
        number=1,
        idempotency_key="k",
        actor=school.people[name],
        answer={"text": "1"},
        confidence="sure",
        outcome="wrong",
        fraction=0,
        feedback={"html": "", "options": {}},
        submitted_at=at,
    )
    GradeEntryFactory(enrolment=sitting.enrolment, item=item, assignment=assignment, attempt=attempt, fraction="0.5")


class TestRows:
    def test_are_the_cohorts_learners_by_name_begun_or_not(self, school):
        school.join("Abe", enrol=False)
        school.assign()
        outsider = EnrolmentFactory(offering=school.offering)
        assert school.names() == ["Abe", "Ada", "Bo", "Cy"]
        assert school.names(descending=True) == ["Cy", "Bo", "Ada", "Abe"]
        assert outsider.person_id not in {row.person_id for row in school.page().rows}

    def test_hold_marks_and_what_is_beside_them(self, school):
        past = school.assign(points=(3, 1), late_deduction=Decimal("0.1"))
        coming = school.assign(points=(1, 1), opens_at=NOW - DAY)
        school.mark("Ada", past, "0.5")
        school.mark("Ada", past, "1", place=1)
        school.mark("Bo", past, "0.8", kind="overridden")
        school.mark("Bo", coming, "1")
        AllowanceFactory(assignment=past, enrolment=school.enrolments["Cy"], excused=True)
        AllowanceFactory(assignment=coming, enrolment=school.enrolments["Cy"])
        SittingFactory(assignment=coming, enrolment=school.enrolments["Ada"])

        assert school.cells("Ada") == ["62.5%", "begun"]
        assert school.cells("Bo") == ["60% missing, overridden", "100%"]
        assert school.cells("Cy") == ["– excused", "· extended"]

    def test_count_nothing_for_who_never_began(self, school):
        school.join("Abe", enrol=False)
        school.assign()
        assert school.cells("Abe") == ["0% missing"]
        assert school.page(search="abe").rows[0].total == "0%"

    def test_say_late_of_what_came_after_the_learners_own_due_time(self, school):
        assignment = school.assign()
        AllowanceFactory(assignment=assignment, enrolment=school.enrolments["Bo"])
        for name in ("Ada", "Bo"):
            submit(school, name, assignment, assignment.due_at + DAY)
        assert school.cells("Ada") == ["50% late"]
        assert school.cells("Bo") == ["50% extended"]
        assert school.names(flag=Flag.LATE) == ["Ada"]

    def test_of_a_late_joiner_have_as_long_as_everybody_had(self, school):
        assignment = school.assign(opens_at=NOW - 10 * DAY, due_at=NOW - 5 * DAY, cut_off_at=NOW - DAY)
        Enrolment.objects.filter(pk=school.enrolments["Bo"].pk).update(created_at=NOW - 8 * DAY)
        assert school.cells("Ada") == ["0% missing"]
        assert school.cells("Bo") == ["·"]
        assert school.names(flag=Flag.MISSING, assignment_id=assignment.pk) == ["Ada", "Cy"]
        assert school.names(flag=Flag.UNGRADED) == ["Bo"]

    def test_open_an_assignment_into_its_questions(self, school):
        assignment = school.assign(points=(3, 1))
        school.mark("Ada", assignment, "0.5")
        school.mark("Bo", assignment, None, kind="excused")
        assert school.cells("Ada", expanded=assignment.pk) == ["37.5% missing", "50%", "0% missing"]
        assert school.cells("Bo", expanded=assignment.pk) == ["0% missing, excused", "– excused", "0% missing"]
        (group,) = school.page(expanded=assignment.pk).groups
        assert [bool(column.question_key) for column in group.columns] == [False, True, True]


class TestFilters:
    def test_find_learners_by_name_or_address_as_it_is_written(self, school):
        school.join("100% Sure")
        assert school.names(search="bo") == ["Bo"]
        assert school.names(search="CY@school") == ["Cy"]
        assert school.names(search="%") == ["100% Sure"]
        assert school.names(search="nobody") == []

    def test_find_the_missing_the_excused_and_the_ungraded(self, school):
        past, coming = school.assign(), school.assign(opens_at=NOW - DAY)
        school.mark("Ada", past, "1")
        school.mark("Bo", past, None, kind="excused")
        school.mark("Cy", coming, "1")
        assert school.names(flag=Flag.MISSING) == ["Cy"]
        assert school.names(flag=Flag.EXCUSED) == ["Bo"]
        assert school.names(flag=Flag.UNGRADED) == ["Ada", "Bo"]
        assert school.names(flag=Flag.UNGRADED, assignment_id=past.pk) == []

    def test_sort_by_total_and_by_assignment_with_those_without_a_mark_last(self, school):
        past = school.assign(opens_at=NOW - DAY)
        for name, fraction in (("Ada", "0.5"), ("Cy", "0.25")):
            school.mark(name, past, fraction)
        assert school.names(sort="total") == ["Cy", "Ada", "Bo"]
        assert school.names(sort="total", descending=True) == ["Ada", "Cy", "Bo"]
        assert school.names(sort=past.pk, descending=True) == ["Ada", "Cy", "Bo"]

    def test_turn_pages_and_bring_them_into_range(self, school):
        for number in range(LEARNERS_A_PAGE):
            school.join(f"Learner {number:02}")
        last = school.page(page=99)
        assert (last.page, last.pages, last.learners, len(last.rows)) == (2, 2, LEARNERS_A_PAGE + 3, 3)
        assert school.page(page=1).rows[0].name == "Ada"


class TestTotals:
    def test_are_the_same_in_the_database_as_by_the_policy(self, school):
        """Learners are sorted by what the database computes and shown what the policy does."""
        from random import Random

        chance = Random(7)
        for number in range(12):
            school.join(f"Learner {number}")
        for drop, weight in ((1, "40"), (0, "2.5"), (3, "10"), (0, "0")):
            category = school.category(weight=Decimal(weight), drop_lowest=drop)
            for _ in range(3):
                opens_at = chance.choice([NOW - 40 * DAY, NOW - 2 * DAY])
                assignment = school.assign(
                    category,
                    points=(3, 1),
                    opens_at=opens_at,
                    weight=chance.choice([Decimal(1), Decimal(2), Decimal(0)]),
                )
                for name in school.enrolments:
                    for place in (0, 1):
                        dice = chance.random()
                        if dice < 0.6:
                            school.mark(name, assignment, f"{chance.choice([0, 0.25, 0.5, 1]):.4f}", place=place)
                        elif dice < 0.7:
                            school.mark(name, assignment, None, place=place, kind="excused")
                    if chance.random() < 0.2:
                        AllowanceFactory(
                            assignment=assignment, enrolment=school.enrolments[name], excused=chance.random() < 0.5
                        )
        listed, count = learners_listed(school.offering, Listing(sort="total"), now=NOW, limit=100)
        categories = categories_of(school.offering)
        works = works_of(categories, listed, now=NOW)
        totals = [total_of(weighed(categories, works[learner.person_id])).share for learner in listed]
        assert count == 15
        known = [total for total in totals if total is not None]
        assert len(set(known)) > 8
        assert known == sorted(known)
        assert all(total is None for total in totals[len(known) :])


class TestQueries:
    QUERIES = 10
    """Session and login, offering, staff, assignments, questions, learners, marks, allowances, sittings, the ledger."""

    @pytest.mark.parametrize("size", [2, 6])
    def test_are_as_many_whatever_the_size(self, school, browser, django_assert_num_queries, size):
        assignments = [school.assign(points=(1,) * size) for _ in range(size)]
        for number in range(size):
            school.join(f"Learner {number}")
            for assignment in assignments:
                school.mark(f"Learner {number}", assignment, "1")
        asked = {"sort": "-total", "show": "missing", "open": str(assignments[0].pk)}
        browser.get(school.address, asked)
        with django_assert_num_queries(self.QUERIES):
            answer = browser.get(school.address, asked)
        assert answer.status_code == 200


class TestPage:
    def test_says_what_to_do_where_nothing_is_there(self, browser, school):
        assert "Nothing is set in this course yet" in browser.get(school.address).content.decode()

    def test_shows_marks_with_links_and_words(self, browser, school):
        assignment = school.assign()
        text = browser.get(school.address).content.decode()
        assert f'href="{school.people["Ada"].pk}/{assignment.pk}/"' in text
        assert 'title="missing">M</abbr>' in text
        assert all(f'<option value="{flag}"' in text for flag in Flag)

    @pytest.mark.parametrize(
        "asked",
        [
            {"page": "-1"},
            {"page": "9" * 50},
            {"sort": "x'; --"},
            {"show": "all"},
            {"in": "0"},
            {"open": "x"},
            {"q": "%_\\"},
        ],
        ids=str,
    )
    def test_takes_any_nonsense_as_if_it_were_not_there(self, browser, school, asked):
        school.assign()
        assert browser.get(school.address, asked).status_code == 200


class TestCell:
    def address(self, school: Class, name: str, assignment: Assignment) -> str:
        return f"{school.address}{school.people[name].pk}/{assignment.pk}/"

    def test_tells_the_whole_history_with_before_and_after(self, browser, school):
        assignment = school.assign()
        school.mark("Ada", assignment, "0.5")
        school.mark("Ada", assignment, "0.8", kind="overridden")
        school.mark("Ada", assignment, "0.1")
        text = browser.get(self.address(school, "Ada", assignment), headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in text
        lines = [" ".join(part.split()) for part in text.split("<li>")[1:]]
        assert ["80%" in line and "Graded by the engine" in line for line in lines] == [True, False, False]
        assert "Set by hand by" in lines[1]
        assert "“A reason”" in lines[1]
        assert 'no mark <span aria-hidden="true">→' in lines[2]

    def test_overrides_with_a_reason_once_however_often_it_is_sent(self, browser, school):
        assignment = school.assign(points=(3, 1))
        sent = {"do": "override", "mark": "3", "reason": "Read it again", "idempotency_key": "once"}
        for _ in range(2):
            answer = browser.post(self.address(school, "Ada", assignment), sent)
            assert answer.status_code == 303
        assert GradeEntry.objects.filter(kind="overridden", fraction="0.75").count() == 2
        assert school.cells("Ada") == ["75% overridden"]
        assert AssignmentMark.objects.get().earned == 3

    def test_overrides_one_question_and_leaves_excused_ones_when_all_are_set(self, browser, school):
        assignment = school.assign(points=(3, 1))
        key = question(assignment, 1).item.key
        address = self.address(school, "Ada", assignment)
        browser.post(address, {"do": "excuse", "question": key, "reason": "Ill", "idempotency_key": "a"})
        browser.post(address, {"do": "override", "mark": "50%", "reason": "Read it", "idempotency_key": "b"})
        assert school.cells("Ada", expanded=assignment.pk) == ["50% excused, overridden", "50% overridden", "– excused"]

    def test_enrols_who_never_began_from_when_they_joined(self, browser, school):
        person = school.join("Abe", enrol=False)
        assignment = school.assign()
        browser.post(
            self.address(school, "Abe", assignment),
            {"do": "override", "mark": "1", "reason": "By mouth", "idempotency_key": "a"},
        )
        assert school.cells("Abe") == ["100% overridden"]
        assert Enrolment.objects.get(person=person).created_at == person.memberships.get().created_at

    @pytest.mark.parametrize(
        ("sent", "told"),
        [
            ({"mark": "5"}, "“5” is more than the 4 points"),
            ({"mark": "101%"}, "“101%” is more than 100%"),
            ({"mark": "-1"}, "“-1” is no mark"),
            ({"mark": "1e400"}, "“1e400” is no mark"),
            ({"mark": "NaN"}, "“NaN” is no mark"),
            ({"mark": "٣"}, "“٣” is no mark"),
            ({"mark": "３"}, "“３” is no mark"),
            ({"mark": ""}, "“” is no mark"),
            ({"reason": "  "}, "needs a reason"),
            ({"reason": "x" * 501}, "needs a reason"),
            ({"idempotency_key": ""}, "needs an idempotency key"),
        ],
        ids=str,
    )
    def test_refuses_with_the_value_and_keeps_what_was_typed(self, browser, school, sent, told):
        assignment = school.assign(points=(3, 1))
        given = {"do": "override", "mark": "2", "reason": "Read it again", "idempotency_key": "a"} | sent
        answer = browser.post(self.address(school, "Ada", assignment), given)
        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert not GradeEntry.objects.exists()

    def test_is_nobodys_who_does_not_teach_them(self, school):
        other = Class()
        other.join("Eve")
        assignment, theirs = school.assign(), other.assign()
        client = Client()
        client.force_login(other.teacher.login)
        assert client.get(self.address(school, "Ada", assignment)).status_code == 404
        # A learner of another cohort, or an assignment of another course, under one's own address.
        own = f"{other.address}{school.people['Ada'].pk}/{theirs.pk}/"
        foreign = f"{other.address}{other.people['Eve'].pk}/{assignment.pk}/"
        for address in (own, foreign, f"{other.address}{school.people['Ada'].pk}/"):
            assert client.get(address).status_code == 404
            assert client.post(address, {"do": "excuse", "reason": "x", "idempotency_key": "a"}).status_code in {
                404,
                405,
            }


class TestSheet:
    def test_walks_through_weights_drops_excuses_and_lateness(self, browser, school):
        quizzes = school.category(title="Quizzes", weight=Decimal(40), drop_lowest=1)
        exam = school.category(title="Exam", weight=Decimal(60))
        late = school.assign(quizzes, title="One", late_deduction=Decimal("0.1"))
        submit(school, "Ada", late, late.due_at + DAY)
        school.mark("Ada", school.assign(quizzes, title="Two"), "0.2")
        school.mark("Ada", school.assign(quizzes, title="Three"), None, kind="excused")
        school.mark("Ada", school.assign(exam, title="Final"), "0.75")
        text = " ".join(browser.get(f"{school.address}{school.people['Ada'].pk}/").content.decode().split())
        assert "(40 × 50% + 60 × 75%) ÷ 100 = 65%" in text
        assert "(1 × 50%) ÷ 1 = 50%" in text
        assert "Dropped: among the lowest of its category" in text
        assert "Excused: left out" in text
        assert "1 day begun after the due time at 10% a day: the last try lost 10%" in text


class TestOwnGrades:
    def own(self, school: Class, name: str = "Ada") -> str:
        client = Client()
        client.force_login(school.people[name].login)
        answer = client.get(f"/learn/{school.offering.slug}/grades/")
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    def test_hold_posted_assignments_alone(self, school):
        posted, waiting = school.assign(posted=True), school.assign()
        school.mark("Ada", posted, "0.8")
        school.mark("Ada", waiting, "0.1")
        text = self.own(school)
        assert posted.title in text
        assert waiting.title not in text
        assert "10%" not in text
        assert "1 assignment not posted yet" in text

    def test_tell_the_history_of_each(self, school):
        posted = school.assign(posted=True)
        school.mark("Ada", posted, "0.8", kind="overridden")
        assert "“A reason”" in self.own(school)

    def test_say_that_none_is_posted(self, school):
        school.assign()
        assert "No grades are posted yet" in self.own(school)
