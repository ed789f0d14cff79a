"""Search: what it finds, for whom, and what it answers to whatever is typed."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from lessons.catalogue.models import ItemKind, Offering
from lessons.catalogue.services import adopt_revision
from lessons.reading.models import SearchEntry, SearchWord
from lessons.reading.selectors import search_page
from lessons.reading.selectors.search import pieces_of
from lessons.reading.services import index_revision, rebuild_search
from tests.factories.accounts import LoginFactory, MembershipFactory
from tests.factories.catalogue import OfferingFactory, RevisionFactory
from tests.integration.reading.conftest import QUESTIONS, write

pytestmark = pytest.mark.django_db

KINDS = SearchEntry.Kind
SECTION = "<p>A straggler is a <em>slow</em> call.</p><p>Waits &lt; 5 ms &amp; jitter add up at p99.</p>"
OTHER = "<p>Replication lag grows while the leader writes.</p>"


@pytest.fixture
def offering() -> Offering:
    """A course of two sections, a term, a question and a simulation, open to everybody."""
    offering = OfferingFactory(slug="small")
    revision = offering.revision
    chapter = write(revision, "chapter", "tails", "Tails", number=3, minutes=5, lede_html="", outcomes=[], blocks=[])
    blocks = [{"type": "html", "html": SECTION}, {"type": "question", "key": "tails/odd"}]
    section = write(revision, "section", "tails/one", "One slow call", chapter, anchor="one", minutes=1, blocks=blocks)
    other = [{"type": "html", "html": OTHER}]
    write(revision, "section", "tails/two", "A second copy", chapter, anchor="two", minutes=1, blocks=other)
    write(
        revision,
        "question",
        "tails/odd",
        "How many wait",
        section,
        stem="A page asks {{ calls }} **backends**. How many pages wait for a straggler?",
        right="Because of independence",
        solution="The secretkey is 0.182",
        answer={"value": "secretkey", "misconceptions": ["secretkey"]},
    )
    write(revision, "simulation", "tails/sim", "Tail", section, model="tail_latency")
    write(revision, "term", "terms/straggler", "Straggler", definition_html="A late call.", misuse_html="")
    index_revision(revision=revision)
    return offering


def found(offering, query, **options):
    """Return what a visitor finds: keys by kind."""
    page = search_page(person=None, slug=offering.slug, query=query, **options)
    return {group.kind.value: [hit.key for hit in group.hits] for group in page.groups}


class TestFinding:
    def test_looks_through_every_kind(self, offering):
        hits = found(offering, "stragglers")
        assert (hits["term"], hits["section"], hits["question"]) == (["terms/straggler"], ["tails/one"], ["tails/odd"])
        assert "tail_latency" in found(offering, "tail latency")["simulation"]

    def test_cuts_out_what_matched_and_leaves_markup_as_text(self, offering):
        page = Client().get("/learn/small/search/", {"q": "waits"}).content.decode()
        assert "<mark>Waits</mark> &lt; 5 ms &amp; jitter" in page

    def test_leads_to_where_it_stands(self, offering):
        page = Client().get("/learn/small/search/", {"q": "straggler"}).content.decode()
        for address in ("/learn/small/tails/#one", "/learn/small/glossary/#straggler", "tails/#question-tails-odd"):
            assert f'{address}"' in page
        page = Client().get("/learn/small/search/", {"q": "tail", "kind": "simulation"}).content.decode()
        assert 'href="/simulations/tail_latency/"' in page
        assert "<small>3. Tails</small>" in page

    def test_ranks_a_title_over_a_mention(self, offering):
        for number in range(3):
            body = "<p>Nothing but a copy of it, and another copy, and one copy more.</p>"
            write(
                offering.revision,
                "section",
                f"tails/more-{number}",
                "More",
                offering.revision.versions.get(item__kind=ItemKind.CHAPTER),
                anchor=f"more-{number}",
                minutes=1,
                blocks=[{"type": "html", "html": body}],
            )
        rebuild_search()
        assert found(offering, "copy")["section"][0] == "tails/two"

    def test_knows_phrases_alternatives_and_what_to_leave_out(self, offering):
        assert found(offering, '"leader writes"') == {"section": ["tails/two"]}
        assert set(found(offering, "leader or straggler")["section"]) == {"tails/one", "tails/two"}
        assert "question" not in found(offering, "straggler -backends")

    @pytest.mark.parametrize("typed", ["stragler", "replicaton", "REPLICATION leder", "salls or lgaes"])
    def test_sets_misspelt_words_right_and_says_so(self, offering, typed):
        page = search_page(person=None, slug="small", query=typed)
        assert page.shown_for
        assert page.found
        assert (
            f'?q={page.shown_for.replace(" ", "%20")}"'
            in Client().get("/learn/small/search/", {"q": typed}).content.decode()
        )

    def test_finds_two_letters_that_changed_places_in_a_short_word(self, offering):
        assert search_page(person=None, slug="small", query="solw").shown_for == "slow"

    def test_takes_some_of_the_words_where_nothing_holds_all(self, offering):
        page = search_page(person=None, slug="small", query="straggler replication")
        assert page.is_partial
        assert page.found >= 3

    def test_offers_more_of_a_kind_than_it_shows(self, offering, monkeypatch):
        monkeypatch.setattr("lessons.reading.selectors.search.SHOWN_OF_A_KIND", 1)
        page = Client().get("/learn/small/search/", {"q": "leader or straggler"}).content.decode()
        assert "?q=leader%20or%20straggler&amp;kind=section" in page

    def test_takes_as_many_queries_for_much_as_for_little(self, offering, django_assert_num_queries):
        with django_assert_num_queries(2):
            found(offering, "straggler")
        with django_assert_num_queries(4):
            found(offering, "straggler nonsenseword")


class TestScope:
    def test_is_what_the_offering_reads(self, offering, now):
        newer = RevisionFactory(course=offering.course)
        chapter = write(newer, "chapter", "new", "New", number=1, minutes=1, lede_html="", blocks=[])
        html = [{"type": "html", "html": "<p>Zebras overlap.</p>"}]
        write(newer, "section", "new/zebras", "Stripes", chapter, anchor="zebras", minutes=1, blocks=html)
        assert found(offering, "zebra") == {}
        adopt_revision(offering=offering, revision=newer, actor=None, now=now)
        assert found(offering, "zebra") == {"section": ["new/zebras"]}
        assert "section" not in found(offering, "straggler")

    def test_of_a_cohorts_course_is_its_members_alone(self, db):
        offering = OfferingFactory(slug="closed", in_cohort=True)
        login = LoginFactory()
        for client, status in ((Client(), 404), (logged_in(login), 404)):
            assert client.get("/learn/closed/search/", {"q": "a"}).status_code == status
            assert client.get("/learn/closed/glossary/").status_code == status
        MembershipFactory(person=login.person, cohort=offering.cohort)
        assert logged_in(login).get("/learn/closed/search/", {"q": "a"}).status_code == 200
        assert logged_in(login).get("/learn/closed/glossary/").status_code == 200

    def test_never_holds_what_answers_a_question(self, offering):
        assert found(offering, "secretkey") == {}
        assert not SearchWord.objects.filter(word="secretkey").exists()
        assert "question" not in found(offering, "independence")

    def test_holds_the_prompt_of_every_question_of_the_course_without_its_numbers(self, open_offering):
        entries = {entry.key: entry.body for entry in SearchEntry.objects.filter(kind=KINDS.QUESTION)}
        assert {f"describing-performance/{question['id']}" for question in QUESTIONS} <= set(entries)
        assert not [key for key, body in entries.items() if "{{" in body or not body]
        assert not SearchEntry.objects.exclude(kind=KINDS.SIMULATION).filter(body__contains="How this was computed")


def logged_in(login):
    """Return the browser of somebody logged in."""
    client = Client()
    client.force_login(login)
    return client


class TestHostileQueries:
    @pytest.mark.parametrize(
        "typed",
        ["'", '"', "' or 1=1 --", "a & b | !c", "\\", "%", "<->", "((((", ":*", "\u202e\u200b", "é" * 50, "𝕏 or"],
    )
    def test_find_something_or_say_that_there_is_nothing(self, offering, typed):
        answer = Client().get("/learn/small/search/", {"q": typed})
        assert answer.status_code == 200
        text = re.sub(r"\s+", " ", answer.content.decode())
        assert "Nothing in this course holds" in text or "nothing to look for" in text or "found" in text

    @pytest.mark.parametrize("typed", ["the of and", "-straggler", "or", "!!!", '""'])
    def test_of_nothing_to_look_for_are_told_so(self, offering, typed):
        page = search_page(person=None, slug="small", query=typed)
        assert page.refusal.startswith("There is nothing to look for in")

    def test_that_are_too_long_are_told_how_long_they_are(self, offering):
        answer = Client().get("/learn/small/search/", {"q": "x" * 10_240})
        assert "That is 10,240 characters; 200 are looked for at most." in answer.content.decode()

    def test_with_a_nul_are_refused(self, offering):
        assert Client().get("/learn/small/search/", {"q": "a\x00b"}).status_code == 400

    def test_are_shown_as_text(self, offering):
        page = Client().get("/learn/small/search/", {"q": "<script>alert(1)</script>"}).content.decode()
        assert "<script>alert" not in page

    def test_of_an_unknown_kind_search_everything(self, offering):
        assert found(offering, "straggler", kind="'x") == found(offering, "straggler")

    def test_without_words_explain_how(self, offering):
        assert "a phrase in quotes" in Client().get("/learn/small/search/").content.decode()


class TestIndex:
    def test_is_written_once_a_revision(self, offering):
        before = list(SearchEntry.objects.values_list("pk", flat=True))
        assert index_revision(revision=offering.revision) == 0
        assert list(SearchEntry.objects.values_list("pk", flat=True)) == before

    def test_can_be_rebuilt(self, offering):
        unread = RevisionFactory(course=offering.course)
        index_revision(revision=unread)
        entries = SearchEntry.objects.filter(revision=offering.revision)
        before = sorted(entries.values_list("kind", "key", "body"))
        assert rebuild_search() == len(before)
        assert sorted(entries.values_list("kind", "key", "body")) == before
        assert not SearchEntry.objects.filter(revision=unread).exists()

    def test_of_a_course_in_another_language_knows_its_word_forms(self):
        offering = OfferingFactory(slug="deutsch", revision__language="de-AT")
        write(offering.revision, "term", "terms/w", "Wartezeiten", definition_html="Dauern.", misuse_html="")
        index_revision(revision=offering.revision)
        assert found(offering, "wartezeit") == {"term": ["terms/w"]}


class TestPieces:
    def test_tell_matches_from_the_rest(self):
        pieces = pieces_of("a \x02b\x03 c\x02d\x03")
        assert [(piece.text, piece.is_match) for piece in pieces] == [
            ("a ", False),
            ("b", True),
            (" c", False),
            ("d", True),
        ]
