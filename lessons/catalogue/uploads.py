"""Take a course in that was sent to a bootcamp: kept as it came, checked by a worker, then a revision or its faults.

A check takes seconds of a core and may be made to take half a minute, so no page waits for it. It is delivered at least
once: whoever comes second finds it ended. A check is a process of its own, so that whatever the archive holds costs
bounded time and memory.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db import transaction

from accounts.models import Organisation, Person
from lessons.catalogue import policy
from lessons.catalogue.errors import CatalogueError, UploadsWait, UploadTooLarge
from lessons.catalogue.models import Upload
from lessons.catalogue.queue import publish, publish_on_commit
from lessons.catalogue.services import load_course
from lessons.content import Fault
from lessons.content.apart import check_apart
from lessons.content.archive import LARGEST_ARCHIVE

CHECK_TASK: Final = "catalogue.check_upload"
MOST_WAITING: Final = 3
"""Uploads of one bootcamp that wait at a time."""

QUIET: Final = timedelta(seconds=60)
"""An upload that no worker has taken up, or finished, for this long is handed out again."""

MOST_STARTS: Final = 3
"""A check that began this often without an end is given up."""

LONGEST_NAME: Final = 200


@transaction.atomic
def send_course(*, organisation: Organisation, name: str, content: bytes, actor: Person, now: datetime) -> Upload:
    """Keep an archive until a worker has checked it; the same archive again, while it waits, is the same upload.

    Raises NotAllowed unless the actor is staff there, UploadTooLarge, and UploadsWait where too many wait already.
    """
    policy.require_may_upload(actor, organisation)
    if len(content) > LARGEST_ARCHIVE:
        raise UploadTooLarge(LARGEST_ARCHIVE)
    # Whoever else sends one to this bootcamp now waits here, and counts after.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    digest = sha256(content).hexdigest()
    waiting = Upload.objects.filter(organisation=organisation, state=Upload.State.WAITING)
    upload = waiting.filter(digest=digest).first()
    if upload is None:
        if waiting.count() >= MOST_WAITING:
            raise UploadsWait(MOST_WAITING)
        upload = Upload.objects.create(
            organisation=organisation,
            sent_by=actor,
            name=name[:LONGEST_NAME],
            digest=digest,
            content=content,
            created_at=now,
            touched_at=now,
        )
        # Once: what got lost the sweep hands out again, and each delivery counts towards giving it up.
        publish_on_commit(CHECK_TASK, str(upload.pk))
    return upload


def check_upload(*, upload_id: uuid.UUID, now: datetime) -> None:
    """Check what was sent, outside of any transaction, and keep the course in it or say what is wrong.

    Does nothing for an upload that has ended. Whoever sent it may have lost the right to since: then it is refused.
    """
    content = _begin(upload_id, now=now)
    if content is None:
        return
    report = check_apart(content)
    with transaction.atomic():
        upload = _waiting(upload_id)
        if upload is None:
            return
        if report.course is None:
            _refuse(upload, _said_of(len(report.faults)), now=now, faults=report.faults)
            return
        try:
            with transaction.atomic():
                policy.require_may_upload(upload.sent_by, upload.organisation)
                revision = load_course(
                    source=report.course, organisation=upload.organisation, now=now, uploaded_by=upload.sent_by
                )
        except CatalogueError as refusal:
            _refuse(upload, f"{refusal} Nothing of the course was kept.", now=now)
            return
        upload.revision = revision
        upload.state = Upload.State.KEPT if revision.created_at == now else Upload.State.UNCHANGED
        _end(upload, now=now)


def sweep_uploads(*, now: datetime) -> None:
    """Hand out again the uploads that went quiet."""
    with transaction.atomic():
        quiet = Upload.objects.filter(state=Upload.State.WAITING, touched_at__lte=now - QUIET)
        uploads = list(quiet.select_for_update(skip_locked=True).values_list("pk", flat=True))
        Upload.objects.filter(pk__in=uploads).update(touched_at=now)
    for upload_id in uploads:
        publish(CHECK_TASK, str(upload_id))


@transaction.atomic
def _begin(upload_id: uuid.UUID, *, now: datetime) -> bytes | None:
    """Return the archive of an upload that waits, counting that a check of it begins; None where there is none."""
    upload = _waiting(upload_id)
    if upload is None:
        return None
    if upload.starts >= MOST_STARTS:
        why = (
            f"Checking it began {upload.starts} times and never came to an end, so it was given up. Nothing of it was "
            "kept. Send it again; if that ends the same way, leave chapters out until you find the one that does it."
        )
        _refuse(upload, why, now=now)
        return None
    upload.starts += 1
    upload.touched_at = now
    upload.save(update_fields=["starts", "touched_at"])
    return bytes(upload.content or b"")


def _waiting(upload_id: uuid.UUID) -> Upload | None:
    """Return an upload that has not ended, held until the transaction does."""
    waiting = Upload.objects.select_for_update(of=("self",)).select_related("organisation", "sent_by")
    return waiting.filter(pk=upload_id, state=Upload.State.WAITING).first()


def _refuse(upload: Upload, why: str, *, now: datetime, faults: Iterable[Fault] = ()) -> None:
    upload.state, upload.refusal = Upload.State.REFUSED, why
    upload.faults = [{**asdict(fault), "message": _storable(fault.message)} for fault in faults]
    _end(upload, now=now)


def _end(upload: Upload, *, now: datetime) -> None:
    upload.ended_at, upload.content = now, None
    upload.save()


def _said_of(faults: int) -> str:
    return (
        f"{faults} {'fault' if faults == 1 else 'faults'}; nothing of the course was kept. Mend what is listed and "
        "send it again."
    )


def _storable(text: str) -> str:
    """Return what a fault quotes without what the database takes in no text."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
