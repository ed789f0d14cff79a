"""A chapter's page: what it shows to whom, in how many queries, and what is noted of its opening."""

from __future__ import annotations

import re

import pytest
from django.db.models import Func, JSONField, Value
from django.test import Client

from accounts.sessions import GUEST_KEY
from lessons.catalogue.models import Enrolment, Event, Item, ItemKind, ItemVersion, Verb
from lessons.catalogue.selectors import chapter_of, outline_of
from lessons.catalogue.services import adopt_revision, load_course
from lessons.reading.templatetags.kept import CSRF_TOKEN_GAP, IDEMPOTENCY_KEY_GAP
from quizzes.models import Step
from quizzes.selectors.questions import drawn_of, question_of
from quizzes.services import open_attempt, submit_step
from simulations.engine.registry import MODELS
from simulations.models import Prediction
from simulations.services import commit_prediction, explain_prediction
from tests.factories.accounts import PersonFactory
from tests.integration.reading.conftest import CHAPTER, QUESTIONS, grade, join

pytestmark = pytest.mark.django_db

CHAPTER_QUERIES = 8
"""Session, login, course with enrolment, progress; what was predicted and found, runs, attempts, grades."""

FIRST_LOOK_QUERIES = 4
"""What a process reads of a revision once and keeps: outline, chapter, questions, terms."""


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

    def test_does_not_know_a_chapter_that_there_is_not(self, browser, enrolment):
        assert browser(enrolment.person.login).post("/learn/autumn/nothing/opened/").status_code == 404

    def test_is_no_page_to_look_at(self, browser, enrolment):
        assert browser(enrolment.person.login).get(f"/learn/autumn/{CHAPTER}/opened/").status_code == 405


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
