"""Keep, change and delete what a learner notes down; only they themselves ever can."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import CharField
from django.db.models.functions import Cast

from accounts.models import Person
from lessons.catalogue.errors import NotFound
from lessons.catalogue.models import Enrolment, ItemKind, ItemVersion, Revision
from lessons.catalogue.selectors import offering_visible_to
from lessons.catalogue.services import enrolment_for_write
from lessons.reading.errors import InvalidNote, NoteNotFound, TooManyNotes
from lessons.reading.models import Note

LONGEST_TEXT: Final = 4_000
LONGEST_QUOTE: Final = 600
LONGEST_CONTEXT: Final = 60
LONGEST_IDEMPOTENCY_KEY: Final = 80
MOST_NOTES: Final = 1_000
NOTED_ON: Final = (ItemKind.SECTION, ItemKind.CHAPTER, ItemKind.APPENDIX)


@dataclass(frozen=True, slots=True)
class Passage:
    """What a note stands beside: a quote with what is before and after it; all are empty for a section as a whole."""

    quote: str = ""
    prefix: str = ""
    suffix: str = ""


@transaction.atomic
def keep_note(
    *, actor: Person, slug: str, section: str, passage: Passage, text: str, idempotency_key: str, now: datetime
) -> Note:
    """Keep a note on a section, named by its key, and return it; the same key again returns the note there is.

    Raises InvalidNote, TooManyNotes, and catalogue's NotFound and NotEnrolled.
    """
    if not 0 < len(idempotency_key) <= LONGEST_IDEMPOTENCY_KEY:
        raise InvalidNote(
            f"A note is sent with a key of 1 to {LONGEST_IDEMPOTENCY_KEY} characters; this one has "
            f"{len(idempotency_key)}. Open the page anew and send it again."
        )
    offering = offering_visible_to(actor, slug)
    version = _section_of(offering.revision, section)
    said = _checked(text)
    quoted = _quoted(passage)
    # Locked, so that of the same note sent twice at once one is kept, and no two can pass the limit together.
    enrolment = enrolment_for_write(person=actor, offering=offering, now=now)
    Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    kept = Note.objects.filter(enrolment=enrolment, idempotency_key=idempotency_key).first()
    if kept is not None:
        return kept
    if Note.objects.filter(enrolment=enrolment).count() >= MOST_NOTES:
        raise TooManyNotes(MOST_NOTES)
    return Note.objects.create(
        enrolment=enrolment,
        item=version.item,
        place=_place_of(version),
        quote=quoted.quote,
        prefix=quoted.prefix,
        suffix=quoted.suffix,
        text=said,
        idempotency_key=idempotency_key,
        created_at=now,
        changed_at=now,
    )


@transaction.atomic
def change_note(*, actor: Person | None, slug: str, note_id: UUID, text: str, now: datetime) -> Note:
    """Put other words in a note of one's own. Raises InvalidNote and NoteNotFound."""
    note = _own(actor, slug, note_id)
    said = _checked(text)
    if note.text != said:
        note.text, note.changed_at = said, now
        note.save(update_fields=["text", "changed_at"])
    return note


@transaction.atomic
def delete_note(*, actor: Person | None, slug: str, note_id: UUID) -> None:
    """Delete a note of one's own. Raises NoteNotFound."""
    _own(actor, slug, note_id).delete()


@transaction.atomic
def move_notes(*, guest_person: Person, person: Person) -> None:
    """Give a guest's notes to the person whose account they logged in to, where both had begun the same course."""
    own = {enrolment.offering_id: enrolment for enrolment in Enrolment.objects.filter(person=person)}
    for left in Enrolment.objects.filter(person=guest_person, offering__in=own):
        # Under a key of their own, so that none can meet one that the person has used.
        notes = Note.objects.filter(enrolment=left)
        notes.update(enrolment=own[left.offering_id], idempotency_key=Cast("pk", CharField()))


@transaction.atomic
def erase_notes(*, person: Person) -> None:
    """Delete every note of a person whose login is erased: nobody else has a use for them."""
    Note.objects.filter(enrolment__person=person).delete()


def _own(actor: Person | None, slug: str, note_id: UUID) -> Note:
    notes = Note.objects.select_for_update(of=("self",))
    own = notes.filter(pk=note_id, enrolment__person=actor, enrolment__offering__slug=slug) if actor else notes.none()
    note = own.first()
    if note is None:
        raise NoteNotFound
    return note


def _section_of(revision: Revision, key: str) -> ItemVersion:
    versions = ItemVersion.objects.filter(revision=revision, item__key=key, item__kind__in=NOTED_ON)
    version = versions.select_related("item", "parent").first()
    if version is None:
        raise NotFound("section", key)
    return version


def _place_of(version: ItemVersion) -> str:
    return f"{version.parent.title}: {version.title}" if version.parent else version.title


def _checked(text: str) -> str:
    """Return the words of a note as they are kept, lines ended alike."""
    said = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not said:
        raise InvalidNote("The note is empty. Write something, or leave the note away.")
    if len(said) > LONGEST_TEXT:
        raise InvalidNote(
            f"The note has {len(said):,} characters; {LONGEST_TEXT:,} are kept. "
            "Shorten it, or write the rest in a second one."
        )
    return said


def _quoted(passage: Passage) -> Passage:
    """Return a passage on one line and as long as one is kept: its beginning finds it again."""
    quote, prefix, suffix = (" ".join(part.split()) for part in (passage.quote, passage.prefix, passage.suffix))
    return Passage(quote[:LONGEST_QUOTE], prefix[-LONGEST_CONTEXT:], suffix[:LONGEST_CONTEXT])
