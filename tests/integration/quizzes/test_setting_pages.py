"""The pages on which staff set work: what they take, refuse, show, and ask the database."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from quizzes import services
from quizzes.models import Allowance, Assignment, Sitting
from quizzes.services import AllowanceTerms, CategoryTerms
from tests.factories.accounts import LoginFactory, MembershipFactory
from tests.integration.quizzes.week import Classroom, address, browser, classroom, set_now, text

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def room() -> Classroom:
    return classroom()


@pytest.fixture
def week(room: Classroom) -> Assignment:
    """An assignment that runs now, due tomorrow."""
    return set_now(room)


class TestStaffsPages:
    def form(self, room: Classroom, **changes: Any) -> dict[str, Any]:
        return {
            "title": "Week 2",
            "instructions": "",
            "opens_at": "2026-11-02T09:00",
            "due_at": "2026-11-06T18:00",
            "cut_off_at": "2026-11-08T18:00",
            "late_percent": "12.5 %",
            "time_limit_minutes": "",
            "tries": "",
            "feedback": "at_once",
            "weight": "2",
            "category": "new",
            "new_category_title": "Homework",
            "new_category_weight": "60",
            "new_category_drop_lowest": "1",
            "chosen": room.keys[:2],
            "points": ["2", "0.5"],
            "place": ["2", "1"],
        } | changes

    def post(self, room: Classroom, **changes: Any) -> Any:
        return browser(room.instructor).post(
            reverse("quizzes:new-assignment", args=[room.offering.slug]), self.form(room, **changes)
        )

    def test_set_what_the_form_says_in_the_cohorts_zone(self, room):
        answer = self.post(room)

        assignment = Assignment.objects.get()
        assert answer.headers["Location"] == address("assignment-overview", assignment)
        assert f"{assignment.opens_at:%d %H:%M}" == "02 08:00"
        assert (assignment.late_deduction, assignment.weight) == (Decimal("0.125"), Decimal(2))
        rows = assignment.questions.order_by("position").values_list("item__key", "points")
        assert list(rows) == [(room.keys[1], Decimal("0.5")), (room.keys[0], Decimal(2))]

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"opens_at": ""}, "Say when it opens"),
            ({"due_at": "tomorrow"}, "“tomorrow” is no date and time"),
            ({"due_at": "0001-01-01T00:00"}, "is no date and time between 2000 and 2100"),
            ({"due_at": "2026-03-29T02:30"}, "There is no 02:30 on 29 March 2026"),
            ({"due_at": "2026-11-01T09:00"}, "Give a due time after the opening"),
            ({"time_limit_minutes": "1e3"}, "“1e3” is no whole number"),
            ({"time_limit_minutes": "٣"}, "“٣” is no whole number"),
            ({"tries": "99"}, "you gave 99"),
            ({"late_percent": "1,5"}, "“1,5” is no number"),
            ({"late_percent": "101"}, "you gave 101%"),
            ({"late_percent": "NaN"}, "“NaN” is no number"),
            ({"weight": "-1"}, "you gave -1"),
            ({"points": ["many", "1"]}, "“many” is no number of points"),
            ({"points": ["0", "1"]}, "you gave 0"),
            ({"chosen": [], "points": [], "place": []}, "An assignment needs a question"),
            ({"chosen": ["chapter/none"], "points": ["1"], "place": ["1"]}, "no question “chapter/none”"),
            ({"category": "not-a-uuid"}, "Select a valid choice"),
            ({"new_category_title": ""}, "A category&#x27;s title has 1 to 80 characters"),
            ({"feedback": "never"}, "Select a valid choice"),
            ({"title": "x" * 121}, "this one has 121"),
        ],
    )
    def test_refuse_with_the_value_and_keep_what_was_typed(self, room, changes, words):
        answer = self.post(room, **{"instructions": "Bring a pencil"} | changes)

        said = answer.content.decode()
        assert answer.status_code == 422
        assert words in said
        assert "Bring a pencil" in said
        assert not Assignment.objects.exists()

    def test_say_which_of_two_times_is_meant(self, room):
        answer = browser(room.instructor).post(
            reverse("quizzes:new-assignment", args=[room.offering.slug]),
            self.form(room, opens_at="2026-10-20T09:00", due_at="2026-10-25T02:30"),
            follow=True,
        )

        assert "02:30 happens twice that night; the later one is meant" in answer.content.decode()

    def test_add_what_is_ticked_without_judging_the_rest(self, room):
        answer = self.post(
            room, action="arrange", title="", add=[room.keys[2]], remove=[room.keys[0]], due_at="nonsense"
        )

        said = answer.content.decode()
        assert answer.status_code == 200
        assert "Nothing is saved" not in said
        assert said.count('name="chosen"') == 2
        assert not Assignment.objects.exists()

    def test_say_what_can_still_change_once_somebody_started(self, room, week):
        room.start(week, now=timezone.now())

        page = text(browser(room.instructor), address("edit-assignment", week))

        assert "1 learner has started it" in " ".join(page.split())

    def test_show_a_preview_that_sends_nothing(self, room, week):
        page = text(browser(room.instructor), address("preview-assignment", week))

        assert '<fieldset class="shown-only" disabled>' in page
        assert Sitting.objects.count() == 0

    def test_tell_where_everybody_stands(self, room, week):
        names = {}
        for name in ("working", "done", "excused"):
            names[name] = room.join(at=timezone.now() - 30 * DAY)
        room.start(week, now=timezone.now(), enrolment=names["working"])
        room.start(week, now=timezone.now(), enrolment=names["done"])
        services.hand_in(assignment_id=week.pk, actor=names["done"].person, now=timezone.now())
        services.grant_allowance(
            assignment_id=week.pk,
            person_id=names["excused"].person_id,
            terms=AllowanceTerms("Ill", is_excused=True),
            actor=room.instructor,
            now=timezone.now(),
            idempotency_key="a",
        )
        newcomer = LoginFactory(name="Nora Newcomer").person
        MembershipFactory(person=newcomer, cohort=room.offering.cohort, created_at=timezone.now() - HOUR)

        page = " ".join(text(browser(room.instructor), address("assignment-overview", week)).split())

        for words in ("Begun", "Handed in", "Excused", "joined later", "Nora Newcomer"):
            assert words in page

    def test_extend_with_a_reason_and_refuse_without(self, room, week):
        client, where = browser(room.instructor), address("allowance", week, room.learner.pk)

        refused = client.post(where, {"due_at": "", "idempotency_key": "a"})
        assert refused.status_code == 422
        assert "Give a reason of 1 to 500 characters" in refused.content.decode()

        client.post(where, {"due_at": "2099-01-01T10:00", "reason": "Ill", "idempotency_key": "a"})
        assert Allowance.objects.get().due_at is not None
        assert "Ill" in text(client, where)

    def test_give_extra_time_within_bounds(self, room, week):
        client, where = browser(room.instructor), address("extra-time", week, room.learner.pk)

        assert client.post(where, {"extra_time_percent": "301"}).status_code == 422
        client.post(where, {"extra_time_percent": "25"})

        room.enrolment.refresh_from_db()
        assert room.enrolment.extra_time_percent == 25

    def test_post_and_take_back(self, room, week):
        client = browser(room.instructor)
        client.post(address("post-grades", week), {"posted": "yes"})
        week.refresh_from_db()
        assert week.posted_at is not None
        client.post(address("post-grades", week), {"posted": "no"})
        week.refresh_from_db()
        assert week.posted_at is None

    def test_change_a_category_or_say_why_not(self, room, week):
        client = browser(room.instructor)
        where = reverse("quizzes:category", args=[room.offering.slug, week.category_id])

        refused = client.post(where, {"category_title": "", "category_weight": "x", "category_drop_lowest": "0"})
        assert "“x” is no number" in refused.content.decode()
        client.post(where, {"category_title": "Labs", "category_weight": "40", "category_drop_lowest": "0"})
        week.category.refresh_from_db()
        assert (week.category.title, week.category.weight) == ("Labs", Decimal(40))

    def test_are_not_there_for_a_learner(self, room, week):
        client = browser(room.learner)
        for name in ("assignment-overview", "edit-assignment", "preview-assignment"):
            assert client.get(address(name, week)).status_code == 404
        for name in ("post-grades",):
            assert client.post(address(name, week), {"posted": "yes"}).status_code == 404
        assert client.get(address("allowance", week, room.learner.pk)).status_code == 404


class TestQueries:
    """Lists ask as often for many as for few."""

    def grow(self, room: Classroom, week: Assignment, learners: int, assignments: int) -> None:
        for _ in range(learners):
            room.start(week, now=timezone.now(), enrolment=room.join(at=timezone.now() - 30 * DAY))
        for number in range(assignments):
            more = set_now(room, title=f"More {number}", category=week.category_id)
            services.post_grades(assignment_id=more.pk, actor=room.instructor, now=timezone.now())

    @pytest.mark.parametrize(("who", "most"), [("learner", 11), ("instructor", 10)])
    def test_of_the_lists(self, room, week, who, most, django_assert_max_num_queries):
        services.post_grades(assignment_id=week.pk, actor=room.instructor, now=timezone.now())
        client = browser(getattr(room, who))
        where = reverse("quizzes:assignments", args=[room.offering.slug])
        counted = []
        for _ in range(2):
            with django_assert_max_num_queries(most) as asked:
                client.get(where)
            counted.append(len(asked))
            self.grow(room, week, 3, 1) if len(counted) == 1 else None
        assert counted[0] == counted[1]

    def test_of_the_overview(self, room, week, django_assert_max_num_queries):
        client, counted = browser(room.instructor), []
        self.grow(room, week, 1, 0)
        for _ in range(2):
            with django_assert_max_num_queries(13) as asked:
                client.get(address("assignment-overview", week))
            counted.append(len(asked))
            self.grow(room, week, 4, 0) if len(counted) == 1 else None
        assert counted[0] == counted[1]

    def test_of_home_and_the_learners_pages(self, room, week, django_assert_max_num_queries):
        services.post_grades(assignment_id=week.pk, actor=room.instructor, now=timezone.now())
        room.start(week, now=timezone.now())
        client = browser(room.learner)
        places = {reverse("reading:home"): 14, address("assignment", week): 16, address("work", week): 18}
        for place in places:
            client.get(place)
        counted = []
        for _ in range(2):
            for place, most in places.items():
                with django_assert_max_num_queries(most) as asked:
                    client.get(place)
                counted.append(len(asked))
            self.grow(room, week, 1, 2) if len(counted) == len(places) else None
        assert counted[: len(places)] == counted[len(places) :]


def test_two_categories_make_shares_of_the_total(room):
    set_now(room)
    set_now(room, title="Lab", category=CategoryTerms("Labs", Decimal(40)))

    page = text(browser(room.instructor), reverse("quizzes:assignments", args=[room.offering.slug]))

    assert "60%" in page
    assert "40%" in page
