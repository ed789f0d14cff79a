"""Guests, logins, and the two ways in which the one becomes the other."""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import available_timezones

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts.errors import EmailTaken, LastOwner, LoginNeeded, UnknownTimeZone
from accounts.models import Invitation, Login, Membership, Organisation, Person, Role, Session
from accounts.policy import Actor, require_self
from accounts.signals import guest_claimed, login_erased

UNIQUE_EMAIL = "login_email_unique"


@transaction.atomic
def create_guest(*, now: datetime, time_zone: str = "UTC") -> Person:
    """Create a person without a login, for a visitor's first piece of work.

    Raises UnknownTimeZone.
    """
    return _create_person("Guest", now=now, time_zone=time_zone)


@transaction.atomic
def create_person_with_login(
    *,
    email: str,
    password: str,
    name: str,
    now: datetime,
    time_zone: str = "UTC",
    is_staff: bool = False,
    is_superuser: bool = False,
) -> Person:
    """Create a person who can log in at once, their e-mail counted as verified.

    For the operator: commands, seeding, the admin. Raises EmailTaken, UnknownTimeZone.
    """
    login = Login(email=email.strip().lower(), name=name, is_staff=is_staff, is_superuser=is_superuser)
    login.set_password(password)
    person = attach_login(login=login, guest=None, now=now, time_zone=time_zone)
    EmailAddress.objects.create(user=login, email=login.email, verified=True, primary=True)
    return person


@transaction.atomic
def attach_login(*, login: Login, guest: Person | None, now: datetime, time_zone: str = "UTC") -> Person:
    """Save a new login and return its person: the guest who signs up, whose work so stays theirs, or a new one.

    A guest who got a login meanwhile, say in another tab, is left to that login. Raises EmailTaken, UnknownTimeZone.
    """
    locked = None if guest is None else _lock_guest(guest)
    login.person = locked or _create_person("Member", now=now, time_zone=time_zone)
    try:
        with transaction.atomic():
            login.save(force_insert=True)
    except IntegrityError as error:
        if UNIQUE_EMAIL in str(error):
            raise EmailTaken(login.email) from error
        raise
    return login.person


@transaction.atomic
def claim_guest(*, guest: Person, person: Person) -> bool:
    """Let the rooms above move a guest's work to the person who has just logged in.

    Returns whether there was a guest to claim. What can't move, because the person has the like already, stays with
    the guest.
    """
    locked = _lock_guest(guest)
    if locked is None or locked.pk == person.pk:
        return False
    guest_claimed.send(sender=Person, guest_person=locked, person=person)
    return True


@transaction.atomic
def change_profile(*, person: Person, name: str, time_zone: str, actor: Actor) -> None:
    """Change the name that others see and the time zone that dates are shown in.

    Raises NotAllowed, UnknownTimeZone, and LoginNeeded where a guest gives a name.
    """
    require_self(actor, person)
    person.time_zone = _known_time_zone(time_zone)
    person.save(update_fields=["time_zone"])
    changed = Login.objects.filter(person=person).update(name=name)
    if name and not changed:
        raise LoginNeeded("A guest has no name to keep. Sign up, and your work comes with you.")


@transaction.atomic
def erase_login(*, person: Person, actor: Actor, now: datetime) -> None:
    """Erase name, e-mail addresses, password, sessions and API tokens; the pseudonymous person and its work stand.

    Repeating it does nothing. Raises NotAllowed, and LastOwner where an organisation would be left without an owner.
    """
    require_self(actor, person)
    login = Login.objects.select_for_update().filter(person=person).first()
    if login is None:
        return
    _refuse_to_orphan_organisations(person)
    Session.objects.filter(login_id=login.pk).delete()
    person.api_tokens.all().delete()
    addresses = {login.email.lower(), *EmailAddress.objects.filter(user=login).values_list("email", flat=True)}
    Invitation.objects.filter(email__in=addresses).delete()
    login.delete()
    person.alias = _alias("Former member", person.pk)
    person.time_zone = "UTC"
    person.erased_at = now
    person.save(update_fields=["alias", "time_zone", "erased_at"])
    login_erased.send(sender=Person, person=person)


def _refuse_to_orphan_organisations(person: Person) -> None:
    owned = Organisation.objects.select_for_update(of=("self",)).filter(
        memberships__person=person, memberships__role=Role.OWNER
    )
    for organisation in owned.order_by("pk"):
        if not Membership.objects.owning(organisation).exclude(person=person).exists():
            raise LastOwner(organisation.name)


def _lock_guest(guest: Person) -> Person | None:
    """Return the guest, locked, unless they have a login or are gone.

    The check is a second query on purpose: waiting for a lock rereads the locked row alone, not the join that tells
    whether somebody gave it a login meanwhile.
    """
    Person.objects.select_for_update().filter(pk=guest.pk).first()
    return Person.objects.guests().filter(pk=guest.pk).first()


def _create_person(kind: str, *, now: datetime, time_zone: str) -> Person:
    pk = uuid.uuid4()
    return Person.objects.create(pk=pk, alias=_alias(kind, pk), time_zone=_known_time_zone(time_zone), created_at=now)


def _alias(kind: str, pk: uuid.UUID) -> str:
    return f"{kind} {pk.hex[:4].upper()}"


def _known_time_zone(name: str) -> str:
    if name not in available_timezones():
        raise UnknownTimeZone(name)
    return name
