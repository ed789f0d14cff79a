"""What a cohort's learners meet when it adopts another revision while they work: nothing begun is lost."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from lessons.catalogue.models import Item, Verb
from lessons.catalogue.services import adopt_revision, enrol, load_course, offer_course, record_event
from lessons.reading.projections import check
from quizzes import services
from quizzes.models import Attempt, GradeEntry, Step
from quizzes.selectors import question_of, questions_on_page
from quizzes.selectors.questions import as_stored
from tests.factories.accounts import CohortFactory, LoginFactory, MembershipFactory
from tests.integration.catalogue.conftest import course_folder, edit, loaded  # noqa: F401 - fixtures of these tests

pytestmark = pytest.mark.django_db

KEY = "waiting/slow-share"
QUESTION = "/learn/spring/questions/waiting/slow-share/"
TAKEN_OUT = (("- id: slow-share\n", "- id: other-share\n"), (":::question slow-share", ":::question other-share"))
RENAMED = (
    ("## One slow call {#one-slow-call}", "## One call {#one-call was=one-slow-call}"),
    ("section: one-slow-call", "section: one-call"),
    ("- id: slow-share\n", "- id: share\n  was: slow-share\n"),
    (":::question slow-share", ":::question share"),
)
OTHER_KEY = (("share: 100 * (1 - all_below(0.99, calls))", "share: 200 * (1 - all_below(0.99, calls))"),)


@pytest.fixture
def class_(loaded, edit, now):  # noqa: F811 - the fixture by its name
    """A cohort with a learner in it, who is logged in; `adopt` lets it read the course with words replaced."""
    cohort = CohortFactory(slug="spring")
    learner = LoginFactory()
    MembershipFactory(person=learner.person, cohort=cohort)
    revision = load_course(source=loaded, organisation=cohort.organisation, now=now)
    offering = offer_course(course=revision.course, cohort=cohort, slug="spring", now=now)
    client = Client()
    client.force_login(learner)

    def adopt(*replacements):
        newer = load_course(source=edit(*replacements), organisation=cohort.organisation, now=now)
        return adopt_revision(offering=offering, revision=newer, actor=None, now=now)

    return SimpleNamespace(
        adopt=adopt,
        client=client,
        person=learner.person,
        cohort=cohort,
        offering=offering,
        revision=revision,
        enrolment=enrol(person=learner.person, offering=offering, now=now),
    )


def chapter(class_):
    return class_.client.get("/learn/spring/waiting/").content.decode()


def form_on(page):
    """Return what the question's form on a page would send with an answer typed."""
    names = ("variant", "next", "idempotency_key", "sequence")
    fields = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page) for name in names}
    return {name: found.group(1) for name, found in fields.items() if found} | {"text": "4", "confidence": "fairly"}


def begun(class_, now):
    """Let the learner open the question and get its first variant."""
    return services.open_attempt(enrolment=class_.enrolment, item_key=KEY, actor=class_.person, now=now)


def right(attempt):
    variant = attempt.variants.latest("number")
    return question_of(variant.version).examples(as_stored(variant)).correct[0]


def submit(class_, attempt, answer, now):
    return services.submit_step(
        attempt_id=attempt.pk,
        actor=class_.person,
        variant_id=attempt.variants.latest("number").pk,
        idempotency_key=uuid4().hex,
        answer=answer,
        confidence="fairly",
        now=now,
    )


class TestRenamedSection:
    def test_keeps_the_progress_that_was_made_on_it(self, class_, now):
        submit(class_, begun(class_, now), right(Attempt.objects.get()), now)
        section = Item.objects.get(key="waiting/one-slow-call")
        record_event(enrolment=class_.enrolment, verb=Verb.OPENED, item=section, now=now, idempotency_key="seen")
        before = class_.enrolment.progress.count()
        class_.adopt(*RENAMED)
        page = chapter(class_)
        assert 'id="one-call"' in page
        assert "1 of 1 questions graded" in class_.client.get("/learn/spring/").content.decode()
        assert class_.enrolment.progress.count() == before
        assert class_.enrolment.events.filter(item__versions__title="One call").exists()
        assert check() == []


class TestQuestionTakenOut:
    def test_is_still_marked_for_who_had_begun_it(self, class_, now):
        attempt = begun(class_, now)
        answer = right(attempt)
        form = form_on(chapter(class_)) | {"text": answer["text"]}
        class_.adopt(*TAKEN_OUT)
        said = class_.client.post(f"{QUESTION}submit", form)
        assert said.status_code == 303
        assert Step.objects.get().outcome == "correct"
        assert GradeEntry.objects.get().fraction == Decimal(1)
        page = class_.client.get(QUESTION).content.decode()
        assert "Share of slow pages" in page, "who answered it can still read how it went"
        assert "Share of slow pages" in chapter(class_), "the question that took its place"
        assert "0 of 1 questions graded" in class_.client.get("/learn/spring/").content.decode()

    @pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
    def test_gives_back_what_somebody_typed_who_had_not_begun(self, class_, headers):
        form = form_on(chapter(class_)) | {"text": "18.2 %"}
        class_.adopt(*TAKEN_OUT)
        said = class_.client.post(f"{QUESTION}submit", form, headers=headers)
        assert said.status_code == (200 if headers else 409)
        assert "was taken out of the course" in said.content.decode()
        assert "“18.2 %”" in said.content.decode()
        assert not Attempt.objects.exists()
        kept = class_.client.post(f"{QUESTION}draft", form).content.decode()
        assert "was taken out of the course" in kept

    def test_is_not_found_by_who_never_met_it(self, class_):
        class_.adopt(*TAKEN_OUT)
        assert class_.client.get(QUESTION).status_code == 404
        assert class_.client.get("/learn/spring/questions/waiting/never/").status_code == 404

    def test_stays_in_a_sitting_that_was_begun_with_it(self, class_):
        teacher = MembershipFactory(person=LoginFactory().person, cohort=class_.cohort, instructor=True).person
        now = timezone.now()  # pages ask the clock whether the sitting still runs
        assignment = services.create_assignment(
            offering=class_.offering,
            terms=services.AssignmentTerms(
                title="Week 1",
                category=services.CategoryTerms("Homework", Decimal(100)),
                opens_at=now - datetime.timedelta(days=1),
                due_at=now + datetime.timedelta(days=3),
                cut_off_at=now + datetime.timedelta(days=5),
                questions=(services.SetQuestion(KEY),),
            ),
            actor=teacher,
            now=now,
        )
        services.start_sitting(assignment_id=assignment.pk, actor=class_.person, now=now)
        work = f"/learn/spring/assignments/{assignment.pk}/work/"
        answer = right(Attempt.objects.get())
        form = form_on(class_.client.get(work).content.decode()) | {"text": answer["text"]}
        class_.adopt(*TAKEN_OUT)
        assert "Share of slow pages" in class_.client.get(work).content.decode()
        assert class_.client.post(f"{QUESTION}submit", form).status_code == 303
        assert class_.client.get(work).status_code == 200
        services.hand_in(assignment_id=assignment.pk, actor=class_.person, now=now)
        assert GradeEntry.objects.get().fraction == Decimal(1)


class TestQuestionChanged:
    def test_goes_on_as_it_was_begun_and_is_new_for_the_others(self, class_, now):
        attempt = begun(class_, now)
        answer = right(attempt)
        adopted = class_.adopt(*OTHER_KEY)
        assert submit(class_, attempt, answer, now).outcome == "correct"
        (entry,) = GradeEntry.objects.all()
        assert entry.revision == class_.revision, "the mark knows the revision that it was earned in"
        other = LoginFactory()
        MembershipFactory(person=other.person, cohort=class_.cohort)
        theirs = enrol(person=other.person, offering=adopted, now=now)
        fresh = services.open_attempt(enrolment=theirs, item_key=KEY, actor=other.person, now=now)
        assert fresh.variants.get().version.revision == adopted.revision

    def test_draws_the_next_variant_from_the_question_as_it_was_begun(self, class_, now):
        attempt = begun(class_, now)
        class_.adopt(*OTHER_KEY)
        submit(class_, attempt, {"text": "-987654321"}, now)
        assert {variant.version.revision for variant in attempt.variants.all()} == {class_.revision}

    def test_gives_back_what_was_typed_into_the_form_of_before(self, class_):
        form = form_on(chapter(class_)) | {"text": "18.2 %"}
        class_.adopt(*OTHER_KEY)
        said = class_.client.post(f"{QUESTION}submit", form)
        assert said.status_code == 409
        assert "“18.2 %”" in said.content.decode()
        assert not Step.objects.exists()


class TestChapter:
    def test_that_the_newest_revision_lacks_is_opened_by_a_cohort_that_keeps_it(self, class_, edit, now):  # noqa: F811
        newer = edit(("id: waiting\n", "id: delays\n"), ("- waiting/gone", "- waiting/gone\n  - waiting"))
        load_course(source=newer, organisation=class_.cohort.organisation, now=now)
        assert Item.objects.get(key="waiting").retired_at is not None
        assert class_.client.post("/learn/spring/waiting/opened/").status_code == 204
        assert class_.enrolment.events.filter(item__key="waiting", verb=Verb.OPENED).exists()


class TestCards:
    def test_cost_one_query_more_for_a_question_that_is_gone(self, class_, now, django_assert_num_queries):
        begun(class_, now)
        adopted = class_.adopt(*TAKEN_OUT)
        class_.enrolment.offering = adopted
        keys = [KEY, "waiting/other-share"]
        questions_on_page(enrolment=class_.enrolment, revision=adopted.revision, item_keys=keys)
        with django_assert_num_queries(3):
            cards = questions_on_page(enrolment=class_.enrolment, revision=adopted.revision, item_keys=keys)
        assert list(cards) == keys
