"""People, logins, bootcamps and tokens, written through the services."""

from __future__ import annotations

import datetime
import hashlib

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate

from accounts import services
from accounts.errors import (
    AlreadyMember,
    EmailTaken,
    InvalidDates,
    InvalidToken,
    LastOwner,
    LoginNeeded,
    NotAllowed,
    NotFound,
    RoleDoesNotFit,
    SlugTaken,
    TooManyTokens,
    UnknownTimeZone,
)
from accounts.models import ApiToken, Login, Membership, Person, Role
from accounts.policy import OPERATOR
from accounts.services import tokens
from accounts.signals import guest_claimed
from tests.factories.accounts import (
    ApiTokenFactory,
    CohortFactory,
    LoginFactory,
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def claims():
    """What `guest_claimed` told its receivers."""
    received: list[tuple[Person, Person]] = []

    def receive(guest_person: Person, person: Person, **_: object) -> None:
        received.append((guest_person, person))

    guest_claimed.connect(receive)
    yield received
    guest_claimed.disconnect(receive)


class TestCreateGuest:
    def test_makes_a_person_without_a_login(self, now):
        guest = services.create_guest(now=now, time_zone="Europe/Berlin")
        assert guest.alias == f"Guest {guest.pk.hex[:4].upper()}"
        assert (guest.created_at, guest.time_zone) == (now, "Europe/Berlin")
        assert Person.objects.guests().get() == guest

    def test_refuses_a_time_zone_that_nobody_knows(self, now):
        with pytest.raises(UnknownTimeZone, match="Mars/Olympus"):
            services.create_guest(now=now, time_zone="Mars/Olympus")
        assert not Person.objects.exists()


class TestCreatePersonWithLogin:
    def test_can_log_in_at_once(self, now):
        person = services.create_person_with_login(
            email=" Ada@School.Example ", password="slow is smooth", name="Ada", now=now
        )
        assert authenticate(None, email="ada@school.example", password="slow is smooth") == person.login
        assert EmailAddress.objects.get(user=person.login).verified

    def test_refuses_an_address_in_use_and_leaves_no_person_behind(self, now):
        LoginFactory(email="ada@school.example")
        with pytest.raises(EmailTaken, match="ada@school.example"):
            services.create_person_with_login(email="ADA@school.example", password="x", name="", now=now)
        assert Person.objects.count() == 1


class TestAttachLogin:
    def test_keeps_the_guest_as_the_person(self, now, claims):
        guest = services.create_guest(now=now)
        assert services.attach_login(login=Login(email="ada@school.example"), guest=guest, now=now) == guest
        assert claims == []

    def test_leaves_a_guest_who_has_a_login_meanwhile_to_that_login(self, now):
        taken = LoginFactory().person
        person = services.attach_login(login=Login(email="eve@school.example"), guest=taken, now=now)
        assert person != taken
        assert Login.objects.get(person=taken).email != "eve@school.example"

    def test_never_takes_over_an_erased_person(self, now):
        erased = LoginFactory().person
        services.erase_login(person=erased, actor=erased, now=now)
        person = services.attach_login(login=Login(email="eve@school.example"), guest=erased, now=now)
        assert person != erased


class TestClaimGuest:
    def test_tells_the_rooms_above(self, now, claims):
        guest, person = services.create_guest(now=now), LoginFactory().person
        assert services.claim_guest(guest=guest, person=person)
        assert claims == [(guest, person)]

    def test_does_nothing_for_a_guest_who_has_got_a_login(self, claims):
        other, person = LoginFactory().person, LoginFactory().person
        assert not services.claim_guest(guest=other, person=person)
        assert claims == []

    def test_takes_everything_back_when_a_receiver_fails(self, now):
        guest, person = services.create_guest(now=now), LoginFactory().person

        def fail(guest_person: Person, **_: object) -> None:
            Person.objects.filter(pk=guest_person.pk).update(alias="changed")
            raise RuntimeError

        guest_claimed.connect(fail)
        try:
            with pytest.raises(RuntimeError):
                services.claim_guest(guest=guest, person=person)
        finally:
            guest_claimed.disconnect(fail)
        guest.refresh_from_db()
        assert guest.alias != "changed"


class TestChangeProfile:
    def test_changes_name_and_time_zone(self):
        person = LoginFactory().person
        services.change_profile(person=person, name="Grace", time_zone="Asia/Tokyo", actor=person)
        person = Person.objects.select_related("login").get(pk=person.pk)
        assert (person.login.name, person.time_zone) == ("Grace", "Asia/Tokyo")

    def test_is_refused_to_others(self):
        with pytest.raises(NotAllowed):
            services.change_profile(
                person=LoginFactory().person, name="X", time_zone="UTC", actor=LoginFactory().person
            )

    def test_keeps_no_name_for_a_guest(self):
        guest = PersonFactory()
        with pytest.raises(LoginNeeded):
            services.change_profile(person=guest, name="Grace", time_zone="Asia/Tokyo", actor=guest)
        guest.refresh_from_db()
        assert guest.time_zone == "UTC"


class TestEraseLogin:
    def test_removes_what_identifies_and_keeps_the_person(self, now):
        login = LoginFactory()
        person = login.person
        token = ApiTokenFactory(person=person)
        membership = MembershipFactory(person=person)
        services.erase_login(person=person, actor=person, now=now)
        person = Person.objects.get(pk=person.pk)
        assert not Login.objects.filter(pk=login.pk).exists()
        assert not EmailAddress.objects.filter(email=login.email).exists()
        assert not ApiToken.objects.filter(pk=token.pk).exists()
        assert person.alias.startswith("Former member ")
        assert person.erased_at == now
        assert Membership.objects.filter(pk=membership.pk).exists()

    def test_may_be_repeated(self, now):
        person = LoginFactory().person
        services.erase_login(person=person, actor=person, now=now)
        services.erase_login(person=person, actor=person, now=now + datetime.timedelta(days=1))
        assert Person.objects.get(pk=person.pk).erased_at == now

    def test_frees_the_address(self, now):
        login = LoginFactory(email="ada@school.example")
        services.erase_login(person=login.person, actor=OPERATOR, now=now)
        services.create_person_with_login(email="ada@school.example", password="x", name="", now=now)

    def test_is_refused_to_others(self, now):
        with pytest.raises(NotAllowed):
            services.erase_login(person=LoginFactory().person, actor=LoginFactory().person, now=now)

    def test_leaves_no_organisation_without_an_owner(self, now):
        person = LoginFactory().person
        owned = MembershipFactory(owner=True, person=person).organisation
        with pytest.raises(LastOwner, match=owned.name):
            services.erase_login(person=person, actor=person, now=now)
        assert Login.objects.filter(person=person).exists()
        MembershipFactory(owner=True, organisation=owned)
        services.erase_login(person=person, actor=person, now=now)
        assert not Login.objects.filter(person=person).exists()


class TestCreateOrganisation:
    def test_has_its_owner(self, now):
        owner = LoginFactory().person
        organisation = services.create_organisation(slug="north", name="North", owner=owner, now=now)
        assert Membership.objects.get(organisation=organisation).role == Role.OWNER

    def test_refuses_a_slug_in_use(self, now):
        OrganisationFactory(slug="north")
        with pytest.raises(SlugTaken, match="north"):
            services.create_organisation(slug="north", name="North", owner=PersonFactory(), now=now)


class TestCreateCohort:
    def create(self, organisation, actor, now, **changes):
        days = {"starts_on": datetime.date(2026, 9, 1), "ends_on": datetime.date(2026, 12, 1)}
        return services.create_cohort(
            **{
                "organisation": organisation,
                "slug": "autumn",
                "name": "Autumn",
                "actor": actor,
                "now": now,
                **days,
                **changes,
            }
        )

    def test_is_made_by_an_admin(self, now):
        admin = MembershipFactory(admin=True)
        assert self.create(admin.organisation, admin.person, now).organisation == admin.organisation

    def test_is_refused_to_an_instructor_and_to_another_schools_admin(self, now):
        instructor, elsewhere = MembershipFactory(instructor=True), MembershipFactory(admin=True)
        for actor in (instructor.person, elsewhere.person):
            with pytest.raises(NotAllowed):
                self.create(instructor.organisation, actor, now)

    def test_makes_one_however_often_it_is_sent(self, now):
        organisation = OrganisationFactory()
        first = self.create(organisation, OPERATOR, now)
        assert self.create(organisation, OPERATOR, now + datetime.timedelta(seconds=1)) == first

    def test_refuses_a_slug_in_use_backward_dates_and_unknown_time_zones(self, now):
        organisation = OrganisationFactory()
        self.create(organisation, OPERATOR, now)
        with pytest.raises(SlugTaken, match="autumn"):
            self.create(organisation, OPERATOR, now, name="Another autumn")
        with pytest.raises(InvalidDates, match="2026-08-31"):
            self.create(organisation, OPERATOR, now, slug="b", ends_on=datetime.date(2026, 8, 31))
        with pytest.raises(UnknownTimeZone):
            self.create(organisation, OPERATOR, now, slug="c", time_zone="Berlin")


class TestAddMember:
    @pytest.mark.parametrize(
        ("actor_role", "role", "allowed"),
        [
            ("owner", Role.OWNER, True),
            ("admin", Role.OWNER, False),
            ("admin", Role.ADMIN, True),
            ("admin", Role.INSTRUCTOR, True),
            ("instructor", Role.ADMIN, False),
            ("instructor", Role.INSTRUCTOR, False),
            ("instructor", Role.LEARNER, True),
            ("instructor", Role.OBSERVER, True),
            ("observer", Role.LEARNER, False),
            ("learner", Role.LEARNER, False),
            ("stranger", Role.LEARNER, False),
        ],
    )
    def test_follows_the_actors_role(self, actor_role, role, allowed, now):
        cohort = CohortFactory()
        actor = PersonFactory()
        if actor_role in {"owner", "admin"}:
            MembershipFactory(person=actor, organisation=cohort.organisation, cohort=None, role=actor_role)
        elif actor_role != "stranger":
            MembershipFactory(person=actor, cohort=cohort, role=actor_role)
        wanted = {
            "person": PersonFactory(),
            "organisation": cohort.organisation,
            "cohort": None if role in {Role.OWNER, Role.ADMIN} else cohort,
            "role": role,
            "actor": actor,
            "now": now,
        }
        if allowed:
            assert services.add_member(**wanted).role == role
        else:
            with pytest.raises(NotAllowed):
                services.add_member(**wanted)

    def test_instructor_brings_nobody_into_a_parallel_cohort(self, now):
        instructor = MembershipFactory(instructor=True)
        parallel = CohortFactory(organisation=instructor.organisation)
        with pytest.raises(NotAllowed):
            services.add_member(
                person=PersonFactory(),
                organisation=parallel.organisation,
                cohort=parallel,
                role=Role.LEARNER,
                actor=instructor.person,
                now=now,
            )

    def test_refuses_roles_of_the_wrong_scope(self, now):
        cohort = CohortFactory()
        for role, where in ((Role.OWNER, cohort), (Role.LEARNER, None)):
            with pytest.raises(RoleDoesNotFit, match=role.label):
                services.add_member(
                    person=PersonFactory(),
                    organisation=cohort.organisation,
                    cohort=where,
                    role=role,
                    actor=OPERATOR,
                    now=now,
                )

    def test_refuses_another_organisations_cohort(self, now):
        with pytest.raises(RoleDoesNotFit, match="no cohort of"):
            services.add_member(
                person=PersonFactory(),
                organisation=OrganisationFactory(),
                cohort=CohortFactory(),
                role=Role.LEARNER,
                actor=OPERATOR,
                now=now,
            )

    def test_refuses_a_second_role_in_the_same_place(self, now):
        held = MembershipFactory()
        with pytest.raises(AlreadyMember):
            services.add_member(
                person=held.person,
                organisation=held.organisation,
                cohort=held.cohort,
                role=Role.INSTRUCTOR,
                actor=OPERATOR,
                now=now,
            )


class TestChangeRole:
    def test_promotes_a_learner(self):
        held = MembershipFactory()
        admin = MembershipFactory(admin=True, organisation=held.organisation).person
        assert services.change_role(membership=held, role=Role.INSTRUCTOR, actor=admin).role == Role.INSTRUCTOR

    def test_admin_can_not_make_themself_owner(self):
        admin = MembershipFactory(admin=True)
        with pytest.raises(NotAllowed):
            services.change_role(membership=admin, role=Role.OWNER, actor=admin.person)

    def test_admin_can_not_demote_an_owner(self):
        owner = MembershipFactory(owner=True)
        admin = MembershipFactory(admin=True, organisation=owner.organisation)
        with pytest.raises(NotAllowed):
            services.change_role(membership=owner, role=Role.ADMIN, actor=admin.person)

    def test_last_owner_stays_owner(self):
        owner = MembershipFactory(owner=True)
        with pytest.raises(LastOwner):
            services.change_role(membership=owner, role=Role.ADMIN, actor=owner.person)

    def test_scope_of_a_role_can_not_change(self):
        held = MembershipFactory()
        with pytest.raises(RoleDoesNotFit):
            services.change_role(membership=held, role=Role.ADMIN, actor=OPERATOR)


class TestRemoveMember:
    def test_ends_the_role_and_keeps_the_person(self):
        held = MembershipFactory()
        instructor = MembershipFactory(instructor=True, cohort=held.cohort).person
        services.remove_member(membership=held, actor=instructor)
        assert not Membership.objects.filter(pk=held.pk).exists()
        assert Person.objects.filter(pk=held.person_id).exists()

    def test_last_owner_can_not_leave(self):
        owner = MembershipFactory(owner=True)
        with pytest.raises(LastOwner):
            services.remove_member(membership=owner, actor=owner.person)
        assert Membership.objects.filter(pk=owner.pk).exists()

    def test_is_refused_to_learners(self):
        held = MembershipFactory()
        with pytest.raises(NotAllowed):
            services.remove_member(membership=held, actor=MembershipFactory(cohort=held.cohort).person)


class TestTokens:
    def test_secret_is_kept_as_a_hash_alone(self, now):
        person = LoginFactory().person
        token, secret = services.issue_token(person=person, name="Notebook", actor=person, now=now)
        row = ApiToken.objects.filter(pk=token.pk).values().get()
        assert secret.startswith("hr_")
        assert row["digest"] == hashlib.sha256(secret.encode()).hexdigest()
        assert all(secret not in str(value) for value in row.values())
        assert len(row["prefix"]) < len(secret) / 3

    def test_opens_for_its_person(self, now):
        person = LoginFactory().person
        _, secret = services.issue_token(person=person, name="Notebook", actor=person, now=now)
        assert services.authenticate_token(secret=secret, now=now).person == person

    def test_opens_nothing_once_revoked_expired_or_changed(self, now):
        person = LoginFactory().person
        end = now + datetime.timedelta(days=1)
        token, secret = services.issue_token(person=person, name="N", actor=person, now=now, expires_at=end)
        for given, at in ((secret, end), (secret + "x", now), ("", now), ("hr_", now)):
            with pytest.raises(InvalidToken):
                services.authenticate_token(secret=given, now=at)
        services.revoke_token(token_id=token.pk, actor=person, now=now)
        with pytest.raises(InvalidToken):
            services.authenticate_token(secret=secret, now=now)

    def test_opens_nothing_for_a_closed_login(self, now):
        login = LoginFactory()
        _, secret = services.issue_token(person=login.person, name="N", actor=login.person, now=now)
        Login.objects.filter(pk=login.pk).update(is_active=False)
        with pytest.raises(InvalidToken):
            services.authenticate_token(secret=secret, now=now)

    def test_use_is_noted_every_few_minutes_only(self, now, django_assert_num_queries):
        person = LoginFactory().person
        token, secret = services.issue_token(person=person, name="N", actor=person, now=now)
        services.authenticate_token(secret=secret, now=now)
        with django_assert_num_queries(1):
            services.authenticate_token(secret=secret, now=now + datetime.timedelta(seconds=30))
        token.refresh_from_db()
        assert token.last_used_at == now

    def test_guest_gets_none(self, now):
        guest = PersonFactory()
        with pytest.raises(LoginNeeded):
            services.issue_token(person=guest, name="N", actor=guest, now=now)

    def test_number_of_live_ones_is_bounded(self, now):
        person = LoginFactory().person
        made = [
            services.issue_token(person=person, name="N", actor=person, now=now)[0]
            for _ in range(tokens.MOST_LIVE_TOKENS)
        ]
        with pytest.raises(TooManyTokens, match=str(tokens.MOST_LIVE_TOKENS)):
            services.issue_token(person=person, name="N", actor=person, now=now)
        services.revoke_token(token_id=made[0].pk, actor=person, now=now)
        services.issue_token(person=person, name="N", actor=person, now=now)

    def test_somebody_elses_is_not_found(self, now):
        person = LoginFactory().person
        token, _ = services.issue_token(person=person, name="N", actor=person, now=now)
        with pytest.raises(NotFound):
            services.revoke_token(token_id=token.pk, actor=LoginFactory().person, now=now)
        assert ApiToken.objects.live(now).filter(pk=token.pk).exists()
