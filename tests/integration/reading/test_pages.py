"""The pages: what they show to whom, and in how many queries."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Func, JSONField, Value
from django.test import Client
from django.urls import reverse

from accounts.sessions import GUEST_KEY
from lessons.catalogue.models import Enrolment, Event, Item, ItemKind, ItemVersion, Verb
from lessons.catalogue.selectors import chapter_of, outline_of
from lessons.catalogue.services import adopt_revision, enrol, load_course, record_event
from lessons.reading.selectors import landing_page
from lessons.reading.selectors.landing import STRAGGLER
from lessons.reading.templatetags.kept import CSRF_TOKEN_GAP, IDEMPOTENCY_KEY_GAP
from lessons.review.models import Review
from quizzes.models import Step
from quizzes.selectors.questions import drawn_of, question_of
from quizzes.services import open_attempt, submit_step
from simulations.engine.registry import MODELS
from simulations.models import Prediction
from simulations.services import commit_prediction, explain_prediction
from tests.factories.accounts import LoginFactory, MembershipFactory, PersonFactory
from tests.integration.reading.conftest import CHAPTER, QUESTIONS, item, join

pytestmark = pytest.mark.django_db

CHAPTER_QUERIES = 8
"""Session, login, course with enrolment, progress; what was predicted and found, runs, attempts, grades."""

FIRST_LOOK_QUERIES = 4
"""What a process reads of a revision once and keeps: outline, chapter, questions, terms."""


@pytest.fixture
def browser():
    """Return a browser logged in as somebody, or as a visitor."""

    def open_as(login=None, *, guest=None):
        client = Client()
        if login is not None:
            client.force_login(login)
        if guest is not None:
            session = client.session
            session[GUEST_KEY] = str(guest.pk)
            session.save()
        return client

    return open_as


def grade(enrolment, key, now, fraction="1.0000"):
    """Record that a question was graded."""
    question = item(enrolment.offering, f"{CHAPTER}/{key}")
    record_event(
        enrolment=enrolment,
        verb=Verb.GRADED,
        item=question,
        now=now,
        idempotency_key=f"grade:{key}",
        data={"fraction": fraction},
    )


def answer(enrolment, key, now, outcome):
    """Record a try at a question."""
    question = item(enrolment.offering, f"{CHAPTER}/{key}")
    record_event(
        enrolment=enrolment,
        verb=Verb.ANSWERED,
        item=question,
        now=now,
        idempotency_key=f"step:{key}:{now.isoformat()}",
        data={"outcome": outcome},
    )


class TestLanding:
    def test_asks_a_visitor_to_predict_and_keeps_the_figure_back(self, browser, open_offering):
        page = browser().get("/").content.decode()
        assert "headroom-instrument" in page
        assert "1,505" not in page
        assert reverse("reading:chapter", args=["tradeoffs", CHAPTER]) in page
        assert reverse("account_signup") in page

    def test_makes_nobody_of_a_visitor(self, browser, open_offering):
        client = browser()
        client.get("/")
        assert GUEST_KEY not in client.session
        assert not Enrolment.objects.exists()

    def test_works_before_any_course_is_loaded(self, browser, db):
        assert "The course is being loaded." in browser().get("/").content.decode()

    def test_embeds_the_very_instrument_of_the_chapter(self, open_offering):
        section = ItemVersion.objects.get(
            revision=open_offering.revision, item__key=f"{CHAPTER}/one-slow-call", item__kind=ItemKind.SECTION
        )
        (block,) = [block for block in section.payload["blocks"] if block["type"] == "simulation"]
        assert block["key"] == STRAGGLER.key
        shown = landing_page(person=None).instrument
        assert (shown.card.name, shown.parameters) == (block["model"], block["parameters"])
        assert block["predict"] == STRAGGLER.predict


class TestHome:
    def test_sends_a_visitor_to_the_landing_page(self, browser, open_offering):
        assert browser().get("/home/").headers["Location"] == "/"

    def test_starts_a_learner_at_the_first_chapter_of_their_cohorts_course(self, browser, enrolment):
        page = browser(enrolment.person.login).get("/home/").content.decode()
        assert "Autumn" in page
        assert "Start" in page
        assert reverse("reading:chapter", args=["autumn", CHAPTER]) in page
        assert "Came back" not in page

    def test_continues_at_the_first_section_that_is_not_done(self, browser, enrolment, now):
        grade(enrolment, "what-the-log-misses", datetime.now(UTC) - timedelta(days=1), "0.7500")
        page = browser(enrolment.person.login).get("/home/").content.decode()
        assert "Continue" in page
        assert "#what-a-mean-hides" in page
        assert f"1 of {len(QUESTIONS)} questions answered" in page
        assert "Came back" in page
        assert "75%" in page

    def test_tells_times_in_the_learners_own_time_zone(self, browser, enrolment):
        Enrolment.objects.update(time_zone="Asia/Tokyo")
        grade(enrolment, "slow-share", datetime.now(UTC).replace(hour=0, minute=30) - timedelta(days=1))
        assert "09:30 JST" in browser(enrolment.person.login).get("/home/").content.decode()

    def test_does_not_bring_back_what_came_weeks_ago(self, browser, enrolment):
        grade(enrolment, "what-the-log-misses", datetime.now(UTC) - timedelta(days=15))
        assert "Came back" not in browser(enrolment.person.login).get("/home/").content.decode()

    def test_offers_a_newcomer_without_a_cohort_the_open_course(self, browser, open_offering):
        page = browser(LoginFactory()).get("/home/").content.decode()
        assert "Open course, at your own pace" in page
        assert reverse("reading:chapter", args=["tradeoffs", CHAPTER]) in page

    def test_leads_staff_to_their_cohort(self, browser, cohort_offering, instructor):
        assert reverse("reading:cohort", args=["autumn"]) in browser(instructor).get("/home/").content.decode()

    def test_says_so_where_nothing_is_offered(self, browser, db):
        assert "No course is offered to you yet" in browser(LoginFactory()).get("/home/").content.decode()

    def test_asks_the_database_as_often_for_much_as_for_little(
        self, browser, enrolment, now, open_offering, django_assert_num_queries
    ):
        client = browser(enrolment.person.login)
        client.get("/home/")
        with django_assert_num_queries(10):
            client.get("/home/")
        for key in ("what-the-log-misses", "mean-of-a-batch", "slow-share"):
            grade(enrolment, key, datetime.now(UTC))
        enrol(person=enrolment.person, offering=open_offering, now=now)
        with django_assert_num_queries(10):
            client.get("/home/")


class TestOutline:
    def test_lists_chapters_to_read_and_chapters_to_come(self, browser, open_offering):
        page = browser().get("/learn/tradeoffs/").content.decode()
        assert "3. Describing performance" in page
        assert "0. The problem" in page
        assert page.count("Not written yet.") == len(open_offering.revision.coming)

    def test_says_how_far_a_learner_is(self, browser, enrolment, now):
        grade(enrolment, "slow-share", now, "0.5000")
        page = browser(enrolment.person.login).get("/learn/autumn/").content.decode()
        assert "In progress" in page
        assert f"1 of {len(QUESTIONS)} questions graded, 50% on average" in page

    def test_of_a_cohort_does_not_exist_for_others(self, browser, cohort_offering):
        assert browser().get("/learn/autumn/").status_code == 404
        assert browser(LoginFactory()).get("/learn/autumn/").status_code == 404


class TestCourses:
    def test_lists_what_the_reader_can_see(self, browser, cohort_offering, enrolment):
        assert "/learn/autumn/" not in browser().get("/learn/").content.decode()
        page = browser(enrolment.person.login).get("/learn/").content.decode()
        assert page.index("/learn/autumn/") < page.index("/learn/tradeoffs/", page.index("cards"))
        assert "You are enrolled" in page


class TestChapter:
    def test_reads_without_a_login(self, browser, open_offering):
        page = browser().get(f"/learn/tradeoffs/{CHAPTER}/").content.decode()
        assert page.count('<section class="question"') == len(QUESTIONS)
        assert page.count("<headroom-instrument") == 4
        assert page.count("<headroom-run") == 1
        assert "hx-post" in page
        assert "opened/" not in page

    def test_says_under_a_question_which_earlier_section_it_recalls(self, browser, open_offering):
        page = browser().get(f"/learn/tradeoffs/{CHAPTER}/").content.decode()
        question = page.index(f'id="question-{CHAPTER}-a-timeout-by-percentile"')
        address = page.index('href="../the-problem/#no-answer">chapter 0: When a part does not answer</a>', question)
        assert "<section" not in page[question:address]
        assert browser().get("/learn/tradeoffs/the-problem/").content.decode().count('class="recalls"') == 0

    def test_is_missing_where_the_course_has_none(self, browser, open_offering):
        assert browser().get("/learn/tradeoffs/nothing/").status_code == 404

    def test_shows_what_a_learner_did(self, browser, enrolment, now):
        grade(enrolment, "what-the-log-misses", now)
        page = browser(enrolment.person.login).get(f"/learn/autumn/{CHAPTER}/").content.decode()
        assert 'aria-label="done"' in page
        assert f"/learn/autumn/{CHAPTER}/opened/" in page

    def test_repeats_a_learners_own_cause_beside_the_principle(self, browser, enrolment, now):
        Prediction.objects.create(
            enrolment=enrolment,
            model="tail_latency",
            prompt="p99_at_20_calls",
            engine_version="1",
            low=100,
            high=900,
            truth=1505,
            held=False,
            score=1,
            cause="fan-out",
            explanation="The slowest of twenty decides.",
            locked_at=now,
        )
        page = browser(enrolment.person.login).get(f"/learn/autumn/{CHAPTER}/").content.decode()
        assert page.index("The slowest of twenty decides.", page.index('class="closer"'))

    def test_shows_a_scenes_guess_to_whoever_locked_it(self, browser, enrolment, now):
        prompt = MODELS["trade_off_mapper"].guess
        places = dict.fromkeys(prompt.names, 0.5)
        commit_prediction(enrolment=enrolment, model="trade_off_mapper", prompt=prompt.name, guess=places, now=now)
        page = browser(enrolment.person.login).get("/learn/autumn/real-world-trade-offs/").content.decode()
        assert "1 of 12 lie within 0.15 of ours" in page

    def test_asks_for_a_scenes_guess_first_and_without_script_shows_the_truth_unscored(self, browser, enrolment):
        reader, address = browser(enrolment.person.login), "/learn/autumn/cap-and-pacelc/"
        prompt = MODELS["cap_pacelc"].guess
        page = reader.get(address).content.decode()
        assert page.count(f"{prompt.question}</p>") == 1
        asked = {"offering": "autumn", "prompt": prompt.name, "item": "cap-and-pacelc/six-requests", "show": "1"}
        reader.post("/simulations/cap_pacelc/predict/", asked)
        page = reader.get(address).content.decode()
        assert f"{prompt.question}</p>" not in page
        assert "The truth was shown first, so nothing is scored." in page
        guess = Prediction.objects.get(enrolment=enrolment, model="cap_pacelc")
        assert (guess.guess, guess.item.key) == (None, "cap-and-pacelc/six-requests")
        explain_prediction(
            prediction_id=guess.pk,
            actor=enrolment.person,
            cause="limit",
            explanation="A side counts.",
            now=guess.locked_at,
        )
        page = reader.get(address).content.decode()
        assert page.index("A side counts.", page.index('class="closer"'))

    def test_asks_the_database_as_often_for_a_short_chapter_as_for_a_long_one(
        self, browser, enrolment, django_assert_num_queries
    ):
        client = browser(enrolment.person.login)
        url = f"/learn/autumn/{CHAPTER}/"
        with django_assert_num_queries(CHAPTER_QUERIES + FIRST_LOOK_QUERIES):
            client.get(url)
        with django_assert_num_queries(CHAPTER_QUERIES):
            page = client.get(url).content.decode()
        assert page.count('<section class="question"') == len(QUESTIONS)
        kept = [f"{CHAPTER}/one-slow-call", f"{CHAPTER}/when-slowness-is-shared"]
        sections = ItemVersion.objects.filter(
            revision=enrolment.offering.revision_id, item__kind=ItemKind.SECTION
        ).exclude(item__key__in=kept)
        sections.update(payload=Func("payload", Value("{blocks}"), Value([], JSONField()), function="jsonb_set"))
        chapter_of.cache_clear()
        client.get(url)
        with django_assert_num_queries(CHAPTER_QUERIES):
            page = client.get(url).content.decode()
        assert page.count('<section class="question"') < len(QUESTIONS)

    @pytest.mark.parametrize("tried", [1, 6])
    def test_asks_as_often_once_questions_are_tried_in_a_large_cohort(
        self, browser, cohort, cohort_offering, enrolment, now, tried, django_assert_num_queries
    ):
        for number in range(tried):
            join(cohort, cohort_offering, now, name=f"Learner {number}")
        questions = ItemVersion.objects.filter(
            revision=cohort_offering.revision, item__kind=ItemKind.QUESTION, item__key__startswith=f"{CHAPTER}/"
        )
        for number, version in enumerate(questions.order_by("position").select_related("item")[:tried]):
            attempt = open_attempt(enrolment=enrolment, item_key=version.item.key, actor=enrolment.person, now=now)
            variant = attempt.variants.get()
            answer = question_of(version).examples(drawn_of(version, variant.seed)).wrong[0][1]
            submit_step(
                attempt_id=attempt.pk,
                actor=enrolment.person,
                variant_id=variant.pk,
                idempotency_key=f"try-{number}",
                answer=answer,
                confidence="sure",
                now=now,
            )
        client = browser(enrolment.person.login)
        client.get(f"/learn/autumn/{CHAPTER}/")
        with django_assert_num_queries(CHAPTER_QUERIES):
            page = client.get(f"/learn/autumn/{CHAPTER}/").content.decode()
        assert page.count("Next variant") == tried

    def test_gives_every_reader_their_own_token_and_every_form_its_own_key(self, browser, enrolment, cohort, now):
        other = join(cohort, enrolment.offering, now, name="Bo Learner")
        url = f"/learn/autumn/{CHAPTER}/"
        pages = [browser(login).get(url) for login in (enrolment.person.login, other.person.login)]
        keys, tokens = [], []
        for page in pages:
            html = page.content.decode()
            keys += re.findall(r'name="idempotency_key"\s+value="([^"]+)"', html)
            tokens.append(set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)))
            assert CSRF_TOKEN_GAP not in html
            assert IDEMPOTENCY_KEY_GAP not in html
        assert len(keys) == len(set(keys)) > 2 * len(QUESTIONS)
        assert [len(found) for found in tokens] == [1, 1]
        assert not tokens[0] & tokens[1]

    def test_takes_an_answer_from_a_form_that_was_kept(self, enrolment):
        client = Client(enforce_csrf_checks=True)
        client.force_login(enrolment.person.login)
        url = f"/learn/autumn/{CHAPTER}/"
        client.get(url)
        page = client.get(url).content.decode()
        form = page[page.index('<section class="question"') :]
        sent = dict(
            re.findall(r'<input type="hidden"\s+name="([a-z_]+)"(?:\s+id="[^"]*")?\s+value="([^"]*)"', form)[:5]
        )
        action = re.search(r'action="([^"]+)"', form).group(1)
        answer = {"text": "12345", "choice": "a", "choices": "a", "confidence": "sure"}
        assert client.post(action, {**sent, **answer}).status_code == 303
        assert Step.objects.get().attempt.enrolment == enrolment


class TestOpened:
    def post(self, client, slug="autumn"):
        return client.post(f"/learn/{slug}/{CHAPTER}/opened/")

    def test_notes_once_a_day_that_a_learner_opened_a_chapter(self, browser, enrolment):
        client = browser(enrolment.person.login)
        assert self.post(client).status_code == 204
        assert self.post(client).status_code == 204
        event = Event.objects.get(enrolment=enrolment)
        assert (event.verb, event.item.key) == (Verb.OPENED, CHAPTER)

    def test_notes_nothing_of_a_visitor_or_of_somebody_not_enrolled(self, browser, open_offering):
        visitor = browser()
        assert self.post(visitor, "tradeoffs").status_code == 204
        assert self.post(browser(guest=PersonFactory()), "tradeoffs").status_code == 204
        assert GUEST_KEY not in visitor.session
        assert not Event.objects.exists()
        assert not Enrolment.objects.exists()

    def test_shows_an_appendix_without_number_or_progress(self, browser, enrolment, now):
        source = enrolment.offering.revision
        notes = Item.objects.create(course=source.course, kind=ItemKind.APPENDIX, key="notes")
        position = source.versions.count()
        payload = {"lede_html": "To look up.", "blocks": [{"type": "html", "html": "<p>What is taught.</p>"}]}
        source.versions.create(item=notes, position=position, title="Notes", payload=payload)
        outline_of.cache_clear()
        page = browser(enrolment.person.login).get("/learn/autumn/notes/").content.decode()
        assert "What is taught." in page
        assert "/notes/opened/" not in page
        assert "questions." not in page
        assert 'href="/learn/autumn/notes/"' in browser(enrolment.person.login).get("/learn/autumn/").content.decode()

    def test_does_not_know_a_chapter_that_there_is_not(self, browser, enrolment):
        assert browser(enrolment.person.login).post("/learn/autumn/nothing/opened/").status_code == 404

    def test_is_no_page_to_look_at(self, browser, enrolment):
        assert browser(enrolment.person.login).get(f"/learn/autumn/{CHAPTER}/opened/").status_code == 405


class TestCohort:
    URL = "/learn/autumn/cohort/"

    def test_shows_learners_by_sections_to_their_instructor(self, browser, enrolment, instructor, now):
        grade(enrolment, "what-the-log-misses", now, "0.7500")
        page = browser(instructor).get(self.URL).content.decode()
        questions = ItemVersion.objects.filter(
            revision=enrolment.offering.revision, item__kind=ItemKind.QUESTION
        ).count()
        assert "Ada Learner" in page
        assert "75%" in page
        assert f">1/{questions}<" in page

    def test_shows_the_sections_of_the_chapter_with_most_answers_or_of_the_one_asked_for(
        self, browser, enrolment, instructor, now
    ):
        answer(enrolment, "slow-share", now, "correct")
        client = browser(instructor)
        by_answers = client.get(self.URL).content.decode()
        assert '<th scope="col">Hedging a bet</th>' in by_answers
        asked_for = client.get(f"{self.URL}?chapter=reliability").content.decode()
        assert '<th scope="col">Hedging a bet</th>' not in asked_for
        assert ">Hedging a bet</th>" in client.get(f"{self.URL}?chapter=nothing").content.decode()

    def test_shows_a_learner_who_has_not_begun(self, browser, cohort, cohort_offering, instructor):
        MembershipFactory(person=LoginFactory(name="Zoe Newcomer").person, cohort=cohort)
        page = browser(instructor).get(self.URL).content.decode()
        assert "Zoe Newcomer" in page
        assert "never" in page

    def test_says_where_the_cohort_is_stuck_and_what_it_forgets(
        self, browser, cohort, cohort_offering, instructor, now
    ):
        term = ItemVersion.objects.get(revision=cohort_offering.revision, item__kind=ItemKind.TERM, title="Straggler")
        for index in range(5):
            learner = join(cohort, cohort_offering, now, name=f"Learner {index}")
            answer(learner, "slow-inventory", now, "wrong" if index < 3 else "correct")
            answer(learner, "slow-inventory", now + timedelta(minutes=1), "wrong")
            answer(learner, "slow-share", now, "correct")
            for number, predicted in ((1, None), (2, 0.9)):
                is_recalled = number == 1 or index == 0
                Review.objects.create(
                    enrolment=learner,
                    item=term.item,
                    number=number,
                    rating=3 if is_recalled else 1,
                    is_recalled=is_recalled,
                    predicted=predicted,
                    day=now.date(),
                    at=now,
                )
        page = browser(instructor).get(self.URL).content.decode()
        stuck, forgotten = page[page.index('id="stuck"') : page.index('id="learners"')].split('id="recall"')
        assert "One heavy tail among light ones" in stuck
        assert "60%, 3 of 5" in stuck
        assert "The share of slow pages" not in stuck
        assert term.title in forgotten
        assert "4 of 5" in forgotten
        assert "predicted 90%, recalled 20%, from 4% to 62%" in forgotten

    def test_does_not_judge_a_question_by_a_few_tries(self, browser, enrolment, instructor, now):
        answer(enrolment, "slow-share", now, "wrong")
        page = browser(instructor).get(self.URL).content.decode()
        assert "Too few have tried a question to say" in page
        assert "0 learners have met a card of the daily review again" in page

    def test_does_not_exist_for_learners_other_schools_and_visitors(self, browser, enrolment, cohort_offering):
        elsewhere = MembershipFactory(person=LoginFactory().person, instructor=True)
        for client in (browser(enrolment.person.login), browser(elsewhere.person.login), browser()):
            assert client.get(self.URL).status_code == 404

    def test_of_the_open_course_does_not_exist(self, browser, cohort_offering, instructor):
        assert browser(instructor).get("/learn/tradeoffs/cohort/").status_code == 404

    def test_turns_pages_and_asks_the_database_as_often_for_many_learners(
        self, browser, cohort, cohort_offering, enrolment, instructor, now, django_assert_num_queries
    ):
        client = browser(instructor)
        grade(enrolment, "slow-share", now)
        client.get(self.URL)
        with django_assert_num_queries(9):
            client.get(self.URL)
        for index in range(22):
            grade(join(cohort, cohort_offering, now, name=f"Learner {index:02}"), "slow-share", now)
        with django_assert_num_queries(9):
            first = client.get(self.URL).content.decode()
        assert "Page 1 of 2" in first
        assert "Learner 21" not in first
        assert "Learner 21" in client.get(self.URL, {"page": "2"}).content.decode()

    @pytest.mark.parametrize("page", ["0", "-1", "99", "two", "９", "1" * 4000])
    def test_shows_a_page_that_exists_whatever_is_asked_for(self, browser, enrolment, instructor, page):
        assert "Ada Learner" in browser(instructor).get(self.URL, {"page": page}).content.decode()


class TestRevisions:
    def test_reading_follows_the_revision_that_the_offering_adopted(self, browser, enrolment, source, now):
        changed = type(source)(
            **{name: getattr(source, name) for name in source.__slots__}
            | {"digest": "0" * 64, "title": "Second edition"}
        )
        revision = load_course(source=changed, organisation=None, now=now)
        client = browser(enrolment.person.login)
        assert "Second edition" not in client.get("/learn/autumn/").content.decode()
        adopt_revision(offering=enrolment.offering, revision=revision, actor=None, now=now)
        assert "Second edition" in client.get("/learn/autumn/").content.decode()
