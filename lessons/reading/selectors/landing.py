"""The landing page: one instrument with its prediction, for anybody."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from accounts.models import Person
from lessons.catalogue.models import Offering
from lessons.catalogue.selectors import outline_of
from lessons.reading.selectors.outline import enrolment_in
from simulations.selectors import Embed, Instrument, instruments_on_page

CHAPTER_KEY = "describing-performance"
STRAGGLER = Embed(
    key=f"{CHAPTER_KEY}/straggler", model="tail_latency", parameters={"calls": 20}, predict="p99_at_20_calls"
)
"""The same item that the chapter embeds, so that a prediction made here stands there."""


@dataclass(frozen=True, slots=True)
class Landing:
    """What the landing page shows; `is_open`: there is an open course; `has_chapter`: it has this chapter."""

    instrument: Instrument
    slug: str
    chapter_key: str
    is_open: bool
    has_chapter: bool


def landing_page(*, person: Person | None) -> Landing:
    """Return the landing page; one query for a visitor, one more for the first in a process."""
    slug = settings.OPEN_COURSE
    offering = Offering.objects.filter(slug=slug).select_related("revision").first()
    enrolment = enrolment_in(offering, person) if offering else None
    chapters = outline_of(offering.revision).chapters if offering else ()
    has_chapter = any(chapter.key == CHAPTER_KEY for chapter in chapters)
    instruments = instruments_on_page(
        enrolment=enrolment, embeds=[STRAGGLER], offering_slug=slug, are_items=has_chapter
    )
    return Landing(instruments[STRAGGLER.key], slug, CHAPTER_KEY, is_open=offering is not None, has_chapter=has_chapter)
