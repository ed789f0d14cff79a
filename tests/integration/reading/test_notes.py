"""Private notes: who can read and write them, what is refused, and what becomes of them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Login
from accounts.services import claim_guest, erase_login
from lessons.catalogue.errors import NotEnrolled, NotFound
from lessons.catalogue.models import Enrolment, Offering
from lessons.catalogue.services import adopt_revision, enrol
from lessons.reading.errors import InvalidNote, NoteNotFound, TooManyNotes
from lessons.reading.models import Note
from lessons.reading.selectors import chapter_notes, note_page, notes_page
from lessons.reading.services import Passage, change_note, delete_note, keep_note
from tests.factories.accounts import LoginFactory, MembershipFactory, PersonFactory
from tests.factories.catalogue import ItemVersionFactory, OfferingFactory, RevisionFactory
from tests.integration.reading.conftest import write

pytestmark = pytest.mark.django_db

HTML = "<p>A <em>slow</em> call\n  spoils the rest.</p>"
PASSAGE = Passage("slow call spoils", "A", "the rest.")


def chapter_of(revision, *sections):
    """Write a chapter with sections, each with the passage in it."""
    chapter = write(revision, "chapter", "tails", "Tails", number=3, minutes=5, lede_html="", outcomes=[], blocks=[])
    for anchor, html in sections:
        blocks = [{"type": "html", "html": html}]
        write(revision, "section", f"tails/{anchor}", anchor.title(), chapter, anchor=anchor, minutes=1, blocks=blocks)


@pytest.fixture
def offering() -> Offering:
    """A cohort's course of two sections."""
    offering = OfferingFactory(slug="small", in_cohort=True)
    chapter_of(offering.revision, ("one", HTML), ("two", "<p>Another.</p>"))
    return offering


@pytest.fixture
def learner(offering) -> Login:
    """Somebody who learns in the cohort."""
    login = LoginFactory()
    MembershipFactory(person=login.person, cohort=offering.cohort)
    return login


def keep(login, now, key="k", **given):
    """Keep a note of somebody's."""
    values = {"section": "tails/one", "passage": PASSAGE, "text": "Remember this."} | given
    return keep_note(actor=login.person, slug="small", idempotency_key=key, now=now, **values)


def browser(login):
    """Return the browser of somebody logged in."""
    client = Client()
    client.force_login(login)
    return client


class TestKeeping:
    def test_keeps_words_and_passage_once_a_key(self, learner, now):
        first = keep(learner, now)
        assert keep(learner, now + timedelta(hours=1), text="Another") == first
        note = Note.objects.get()
        assert (note.text, note.quote, note.place) == ("Remember this.", "slow call spoils", "Tails: One")

    def test_cuts_a_long_quote_whose_beginning_finds_it_again(self, learner, now):
        note = keep(learner, now, passage=Passage("word " * 500, "x" * 500, "y" * 500))
        assert (len(note.quote), len(note.prefix), len(note.suffix)) == (600, 60, 60)

    @pytest.mark.parametrize("text", ["", " \n ", "x" * 4_001])
    def test_refuses_what_says_nothing_or_too_much(self, learner, now, text):
        with pytest.raises(InvalidNote, match=r"empty|has 4,001 characters; 4,000 are kept"):
            keep(learner, now, text=text)

    def test_refuses_another_once_there_are_as_many_as_can_be(self, learner, now, monkeypatch):
        monkeypatch.setattr("lessons.reading.services.notes.MOST_NOTES", 1)
        keep(learner, now)
        with pytest.raises(TooManyNotes, match="Delete one"):
            keep(learner, now, key="second")
        assert keep(learner, now).text == "Remember this."

    def test_refuses_a_section_that_is_none_and_a_course_that_is_not_theirs(self, learner, offering, now):
        write(offering.revision, "term", "terms/x", "X", definition_html="", misuse_html="")
        for section in ("tails/absent", "terms/x", ""):
            with pytest.raises(NotFound):
                keep(learner, now, section=section)
        with pytest.raises(NotFound):
            keep(LoginFactory(), now)
        owner = LoginFactory()
        MembershipFactory(person=owner.person, organisation=offering.cohort.organisation, owner=True)
        with pytest.raises(NotEnrolled):
            keep(owner, now)


class TestPrivacy:
    def test_nobody_else_reads_changes_or_deletes_a_note(self, learner, offering, now):
        note = keep(learner, now)
        teacher, peer = LoginFactory(), LoginFactory()
        MembershipFactory(person=teacher.person, cohort=offering.cohort, instructor=True)
        MembershipFactory(person=peer.person, cohort=offering.cohort)
        for login in (teacher, peer):
            enrol(person=login.person, offering=offering, now=now)
            client = browser(login)
            for address in ("my-notes/", "my-notes/export/", "tails/my-notes/"):
                assert "Remember this" not in client.get(f"/learn/small/{address}").content.decode()
            assert client.get(f"/learn/small/my-notes/{note.pk}/").status_code == 404
            assert client.post(f"/learn/small/my-notes/{note.pk}/", {"text": "Mine now"}).status_code == 404
            assert client.post(f"/learn/small/my-notes/{note.pk}/delete/").status_code == 404
        note.refresh_from_db()
        assert note.text == "Remember this."
        with pytest.raises(NoteNotFound):
            change_note(actor=None, slug="small", note_id=note.pk, text="x", now=now)

    def test_is_of_one_course_alone(self, learner, offering, now):
        note = keep(learner, now)
        OfferingFactory(slug="other")
        with pytest.raises(NoteNotFound):
            note_page(person=learner.person, slug="other", note_id=note.pk)
        with pytest.raises(NoteNotFound):
            delete_note(actor=learner.person, slug="other", note_id=note.pk)


class TestPages:
    def test_work_without_script_from_the_section_to_deletion(self, learner):
        client = browser(learner)
        form = client.get("/learn/small/my-notes/", {"section": "tails/two"}).content.decode()
        assert "A note on “Tails: Two”" in form
        sent = {"section": "tails/two", "text": "First <b>draft</b>", "idempotency_key": "abc"}
        for _ in range(2):
            answer = client.post("/learn/small/my-notes/", sent)
        note = Note.objects.get()
        assert answer.headers["Location"] == f"/learn/small/my-notes/#note-{note.pk}"
        page = client.get("/learn/small/my-notes/").content.decode()
        assert "First &lt;b&gt;draft&lt;/b&gt;" in page
        assert "/learn/small/tails/#two" in page
        assert client.post(f"/learn/small/my-notes/{note.pk}/", {"text": "Second"}).status_code == 302
        exported = client.get("/learn/small/my-notes/export/")
        assert exported.headers["Content-Type"] == "text/markdown; charset=utf-8"
        assert "## Tails: Two\n\nSecond\n" in exported.content.decode()
        assert client.post(f"/learn/small/my-notes/{note.pk}/delete/").status_code == 302
        assert "You have noted nothing down yet" in client.get("/learn/small/my-notes/").content.decode()

    def test_give_back_what_was_typed_where_it_cannot_be_kept(self, learner, now):
        client, long = browser(learner), "y" * 4_001
        sent = {"section": "tails/one", "text": long, "quote": "slow call", "idempotency_key": "abc"}
        answer = client.post("/learn/small/my-notes/", sent)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "has 4,001 characters; 4,000 are kept" in page
        assert long in page
        assert 'value="slow call"' in page
        note = keep(learner, now)
        answer = client.post(f"/learn/small/my-notes/{note.pk}/", {"text": long})
        assert (answer.status_code, long in answer.content.decode()) == (422, True)

    def test_ask_the_database_as_often_for_many_as_for_one(self, learner, now, django_assert_num_queries):
        keep(learner, now)
        notes_page(person=learner.person, slug="small")
        for number in range(5):
            with django_assert_num_queries(3):
                page = notes_page(person=learner.person, slug="small")
            assert page.count == number + 1
            keep(learner, now, key=f"k{number}", section="tails/two" if number % 2 else "tails/one")

    def test_are_part_of_everything_that_one_wrote(self, learner, now):
        keep(learner, now)
        document = json.loads(b"".join(browser(learner).get("/export/").streaming_content))
        assert [(note["text"], note["quote"]) for note in document["notes"]] == [("Remember this.", "slow call spoils")]


class TestRevisions:
    def test_keep_every_note_and_tell_which_passages_are_gone(self, learner, offering, now):
        kept = keep(learner, now, key="a")
        whole = keep(learner, now, key="b", section="tails/two", passage=Passage())
        assert notes_page(person=learner.person, slug="small").gone == ()
        newer = RevisionFactory(course=offering.course)
        items = {version.item.key: version.item for version in offering.revision.versions.select_related("item")}
        rewritten(newer, items, "<p>A slow  call <b>spoils</b> it.</p>")
        adopt_revision(offering=offering, revision=newer, actor=None, now=now)
        page = notes_page(person=learner.person, slug="small")
        assert [note.id for placed in page.placed for note in placed.notes] == [kept.pk]
        assert [note.id for note in page.gone] == [whole.pk], "its section is gone"
        newest = RevisionFactory(course=offering.course)
        rewritten(newest, items, "<p>Nothing of it.</p>")
        adopt_revision(offering=offering, revision=newest, actor=None, now=now)
        page = notes_page(person=learner.person, slug="small")
        assert {note.id for note in page.gone} == {kept.pk, whole.pk}
        shown = browser(learner).get("/learn/small/my-notes/").content.decode()
        assert "On passages that are gone" in shown
        assert "Tails: Two" in shown
        assert "slow call spoils" in browser(learner).get("/learn/small/my-notes/export/").content.decode()


def rewritten(revision, items, html):
    """Write a revision that has the chapter and its first section alone, in other words."""
    chapter = ItemVersionFactory(revision=revision, item=items["tails"], position=0, title="Tails")
    ItemVersionFactory(
        revision=revision,
        item=items["tails/one"],
        parent=chapter,
        position=1,
        title="One",
        payload={"anchor": "one", "minutes": 1, "blocks": [{"type": "html", "html": html}]},
    )


class TestPeople:
    def test_take_their_notes_along_when_they_log_in(self, now):
        offering = OfferingFactory(slug="small")
        chapter_of(offering.revision, ("one", HTML))
        guest, login = PersonFactory(), LoginFactory()
        enrol(person=login.person, offering=offering, now=now)
        note = keep_note(
            actor=guest,
            slug="small",
            section="tails/one",
            passage=PASSAGE,
            text="A guest's",
            idempotency_key="k",
            now=now,
        )
        keep(login, now)
        claim_guest(guest=guest, person=login.person)
        note.refresh_from_db()
        assert note.enrolment == Enrolment.objects.get(person=login.person)
        assert {row.text for row in chapter_notes(person=login.person, slug="small", key="tails").notes} == {
            "A guest's",
            "Remember this.",
        }

    def test_leave_no_note_behind_once_their_login_is_erased(self, learner, now):
        keep(learner, now)
        erase_login(person=learner.person, actor=learner.person, now=now)
        assert not Note.objects.exists()
