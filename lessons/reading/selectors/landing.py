"""The landing page: one instrument with its prediction, for anybody."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Person
from lessons.catalogue.models import Offering
from lessons.reading.selectors.outline import enrolment_in
from simulations.selectors import Embed, Instrument, instruments_on_page

OPEN_SLUG = "tradeoffs"
CHAPTER_KEY = "describing-performance"
STRAGGLER = Embed(
    key=f"{CHAPTER_KEY}/straggler", model="tail_latency", parameters={"calls": 20}, predict="p99_at_20_calls"
)
"""The same item that the chapter embeds, so that a prediction made here stands there."""


@dataclass(frozen=True, slots=True)
class Landing:
    """What the landing page shows; `is_open` tells whether the course can be read yet."""

    instrument: Instrument
    slug: str
    chapter_key: str
    is_open: bool


def landing_page(*, person: Person | None) -> Landing:
    """Return the landing page; one query for a visitor."""
    offering = Offering.objects.filter(slug=OPEN_SLUG).first()
    enrolment = enrolment_in(offering, person) if offering else None
    instruments = instruments_on_page(
        enrolment=enrolment, embeds=[STRAGGLER], offering_slug=OPEN_SLUG, are_items=offering is not None
    )
    return Landing(instruments[STRAGGLER.key], OPEN_SLUG, CHAPTER_KEY, is_open=offering is not None)
