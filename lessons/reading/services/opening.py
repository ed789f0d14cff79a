"""Note that somebody opened a chapter."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import Person
from lessons.catalogue.errors import NotFound
from lessons.catalogue.models import Item, ItemKind, Verb
from lessons.catalogue.selectors import offering_and_enrolment
from lessons.catalogue.services import record_event


@transaction.atomic
def note_opened(*, person: Person | None, slug: str, key: str, now: datetime) -> bool:
    """Note that an enrolled person opened a chapter, once a day in their time zone; return whether it was new.

    Nothing is noted of anybody else: reading makes neither guests nor enrolments. Raises catalogue's NotFound.
    """
    offering, enrolment = offering_and_enrolment(person, slug)
    if enrolment is None:
        return False
    # What the cohort reads may be gone from the newest revision, which it has not adopted.
    item = Item.objects.filter(versions__revision=offering.revision_id, kind=ItemKind.CHAPTER, key=key).first()
    if item is None:
        raise NotFound("chapter", key)
    day = now.astimezone(ZoneInfo(enrolment.time_zone)).date()
    return record_event(
        enrolment=enrolment, verb=Verb.OPENED, item=item, now=now, idempotency_key=f"opened:{item.pk}:{day}"
    )
