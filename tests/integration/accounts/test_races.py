"""Two requests at the same moment, each in a transaction and a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from accounts import services
from accounts.errors import EmailTaken, LastOwner
from accounts.models import Login, Membership, Person
from tests.factories.accounts import LoginFactory, MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)

TIME_LIMIT_SECONDS = 20


def together(*calls: Callable[[], object]) -> list[object]:
    """Run the calls at once, each in a thread; return what each returned or raised."""
    barrier, outcomes = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place: int, call: Callable[[], object]) -> None:
        try:
            barrier.wait(TIME_LIMIT_SECONDS)
            outcomes[place] = call()
        except Exception as error:  # noqa: BLE001 - the test looks at whatever was raised
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIME_LIMIT_SECONDS)
    return outcomes


class TestTwoAtOnce:
    def test_owners_who_leave_together_leave_one_behind(self):
        first = MembershipFactory(owner=True)
        second = MembershipFactory(owner=True, organisation=first.organisation)
        outcomes = together(
            *(lambda held=held: services.remove_member(membership=held, actor=held.person) for held in (first, second))
        )
        assert sorted(type(outcome) for outcome in outcomes if outcome) == [LastOwner]
        assert Membership.objects.count() == 1

    def test_owners_who_erase_their_logins_together_leave_one_behind(self, now):
        people = [LoginFactory().person for _ in range(2)]
        organisation = MembershipFactory(owner=True, person=people[0]).organisation
        MembershipFactory(owner=True, person=people[1], organisation=organisation)
        outcomes = together(
            *(lambda person=person: services.erase_login(person=person, actor=person, now=now) for person in people)
        )
        assert [type(outcome) for outcome in outcomes if outcome] == [LastOwner]
        assert Login.objects.count() == 1

    def test_sign_ups_with_one_address_make_one_login(self, now):
        def sign_up(email: str) -> Person:
            return services.attach_login(login=Login(email=email, password="!"), guest=None, now=now)

        outcomes = together(lambda: sign_up("ada@school.example"), lambda: sign_up("ADA@school.example"))
        assert sorted(type(outcome).__name__ for outcome in outcomes) == [EmailTaken.__name__, Person.__name__]
        assert (Login.objects.count(), Person.objects.count()) == (1, 1)

    def test_sign_ups_of_one_guest_give_the_guest_to_one(self, now):
        guest = services.create_guest(now=now)

        def sign_up(email: str) -> Person:
            return services.attach_login(login=Login(email=email, password="!"), guest=guest, now=now)

        outcomes = together(lambda: sign_up("ada@school.example"), lambda: sign_up("eve@school.example"))
        assert sum(outcome == guest for outcome in outcomes) == 1
        assert Login.objects.count() == 2
