"""Inviting people into a cohort by e-mail."""

from __future__ import annotations

import datetime
import re
import smtplib

import pytest
from celery import current_app
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import selectors, services, tasks
from accounts.errors import InvalidInvitation, LoginNeeded, NotAllowed, NotFound
from accounts.models import Invitation, Membership, Role
from accounts.services import invitations
from tests.factories.accounts import CohortFactory, InvitationFactory, LoginFactory, MembershipFactory, PersonFactory

pytestmark = pytest.mark.django_db

ORIGIN = "https://headroom.example/"


@pytest.fixture
def staff():
    """A membership of a cohort's instructor, who has a login."""
    return MembershipFactory(instructor=True, person=LoginFactory().person)


@pytest.fixture
def sent(monkeypatch):
    """What was put on the queue."""
    messages: list[tuple[str, list]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: messages.append((name, args)))
    return messages


def invite(staff, now, *emails, role=Role.LEARNER):
    return services.invite_to_cohort(
        cohort=staff.cohort, emails=emails, role=role, origin=ORIGIN, actor=staff.person, now=now
    )


class TestInviteToCohort:
    def test_puts_one_message_on_the_queue_at_the_commit(self, staff, now, sent, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            made = invite(staff, now, "Ada@school.example", "grace@school.example", "ada@school.example")
            assert sent == []
        assert [row.email for row in made] == ["ada@school.example", "grace@school.example"]
        assert sent == [("accounts.send_invitations", [[str(row.pk) for row in made], ORIGIN])]

    def test_stands_when_the_queue_can_not_be_reached(
        self, staff, now, monkeypatch, django_capture_on_commit_callbacks
    ):
        def fail(*_: object, **__: object) -> None:
            raise ConnectionError

        monkeypatch.setattr(current_app, "send_task", fail)
        with django_capture_on_commit_callbacks(execute=True):
            invite(staff, now, "ada@school.example")
        assert selectors.open_invitations(staff.cohort, now=now)[0].sent_at is None

    def test_renews_an_open_invitation(self, staff, now, sent):
        first = invite(staff, now, "ada@school.example")[0]
        later = now + datetime.timedelta(days=10)
        again = invite(staff, later, "ADA@school.example", role=Role.OBSERVER)[0]
        assert (again.pk, again.role, again.expires_at) == (first.pk, Role.OBSERVER, later + invitations.VALID_FOR)

    @pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ADMIN])
    def test_instructor_offers_no_role_above_theirs(self, staff, now, sent, role):
        with pytest.raises(NotAllowed):
            invite(staff, now, "ada@school.example", role=role)
        assert not Invitation.objects.exists()


class TestSendInvitations:
    def test_sends_each_mail_once(self, now):
        invitation = InvitationFactory(expires_at=timezone.now() + datetime.timedelta(days=1))
        tasks.send_invitations([str(invitation.pk)], ORIGIN)
        tasks.send_invitations([str(invitation.pk)], ORIGIN)
        assert [message.to for message in mail.outbox] == [[invitation.email]]
        link = re.search(r"https://headroom\.example(/accounts/invitations/\S+/)", mail.outbox[0].body)
        assert link is not None
        assert invitation.cohort.name in Client().get(link[1]).content.decode()

    def test_is_not_marked_sent_when_the_mail_server_fails(self, now, monkeypatch):
        def fail(**_: object) -> None:
            raise smtplib.SMTPServerDisconnected

        invitation = InvitationFactory()
        monkeypatch.setattr(invitations, "send_mail", fail)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            services.send_invitation(invitation_id=invitation.pk, origin=ORIGIN, now=now)
        invitation.refresh_from_db()
        assert invitation.sent_at is None

    def test_sends_nothing_for_one_withdrawn_meanwhile(self, now):
        invitation = InvitationFactory()
        Invitation.objects.all().delete()
        assert not services.send_invitation(invitation_id=invitation.pk, origin=ORIGIN, now=now)
        assert mail.outbox == []


class TestAcceptInvitation:
    def accept(self, invitation, person, now):
        token = invitations.link_token(invitation)
        return services.accept_invitation(token=token, person=person, now=now)

    def test_gives_the_role_once(self, now):
        login = LoginFactory(email="ada@school.example")
        invitation = InvitationFactory(email="ada@school.example", role=Role.OBSERVER)
        membership = self.accept(invitation, login.person, now)
        assert (membership.cohort, membership.role) == (invitation.cohort, Role.OBSERVER)
        with pytest.raises(InvalidInvitation, match="used"):
            self.accept(invitation, login.person, now)

    def test_is_for_the_address_it_was_sent_to(self, now):
        invitation, eve = InvitationFactory(), LoginFactory(email="eve@school.example")
        with pytest.raises(InvalidInvitation, match=r"eve@school\.example"):
            self.accept(invitation, eve.person, now)
        assert not Membership.objects.filter(person=eve.person).exists()

    def test_needs_a_login(self, now):
        with pytest.raises(LoginNeeded):
            self.accept(InvitationFactory(), PersonFactory(), now)

    def test_expires(self, now):
        login = LoginFactory()
        invitation = InvitationFactory(email=login.email, expires_at=now)
        with pytest.raises(InvalidInvitation, match="too old"):
            self.accept(invitation, login.person, now)

    def test_keeps_a_role_held_already(self, now):
        login = LoginFactory()
        held = MembershipFactory(instructor=True, person=login.person)
        invitation = InvitationFactory(email=login.email, cohort=held.cohort)
        assert self.accept(invitation, login.person, now) == held

    def test_is_worth_no_more_than_its_sender(self, now):
        login = LoginFactory()
        invitation = InvitationFactory(email=login.email)
        Membership.objects.filter(person=invitation.invited_by).delete()
        with pytest.raises(InvalidInvitation, match="no longer on the staff"):
            self.accept(invitation, login.person, now)
        invitation.refresh_from_db()
        assert invitation.accepted_at is None

    @pytest.mark.parametrize("token", ["", "x", "00000000000000000000000000000000:forged"])
    def test_refuses_damaged_links(self, now, token):
        with pytest.raises(InvalidInvitation, match="damaged"):
            services.accept_invitation(token=token, person=LoginFactory().person, now=now)


class TestWithdrawInvitation:
    def test_is_for_staff_of_the_cohort(self, staff):
        own, theirs = InvitationFactory(cohort=staff.cohort), InvitationFactory()
        assert services.withdraw_invitation(invitation_id=own.pk, actor=staff.person) == staff.cohort
        with pytest.raises(NotFound):
            services.withdraw_invitation(invitation_id=theirs.pk, actor=staff.person)
        assert list(Invitation.objects.all()) == [theirs]


class TestErasing:
    def test_erases_invitations_to_the_address(self, now):
        login = LoginFactory(email="ada@school.example")
        InvitationFactory(email="ada@school.example", accepted_at=now)
        services.erase_login(person=login.person, actor=login.person, now=now)
        assert not Invitation.objects.exists()


class TestPages:
    def test_staff_invites_and_the_invited_joins(self, staff, sent, client, django_capture_on_commit_callbacks):
        page = f"/accounts/cohorts/{staff.cohort_id}/invitations/"
        client.force_login(staff.person.login)
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(page, {"addresses": "ada@school.example\n\n", "role": "learner"})
        assert response["Location"] == page
        assert "ada@school.example" in client.get(page).content.decode()
        tasks.send_invitations(*sent[0][1])
        link = re.search(
            r"http://testserver(/\S+)", "".join(message.body for message in mail.outbox).replace(ORIGIN, "")
        )
        assert link is not None
        invited = Client()
        assert "next=" in invited.get(link[1]).content.decode()
        invited.force_login(LoginFactory(email="ada@school.example"))
        invited.get(link[1])
        assert Membership.objects.filter(cohort=staff.cohort).count() == 1
        assert invited.post(link[1])["Location"] == "/home/"
        assert Membership.objects.filter(cohort=staff.cohort, role=Role.LEARNER).count() == 1

    def test_every_wrong_address_is_named_and_nobody_invited(self, staff, client):
        client.force_login(staff.person.login)
        page = f"/accounts/cohorts/{staff.cohort_id}/invitations/"
        response = client.post(page, {"addresses": "ada@school.example\nada@\ngrace", "role": "learner"})
        assert response.status_code == 422
        assert "ada@&#x27;" in response.content.decode()
        assert "grace&#x27;" in response.content.decode()
        assert not Invitation.objects.exists()

    def test_instructor_is_refused_a_role_above_theirs(self, staff, client):
        client.force_login(staff.person.login)
        page = f"/accounts/cohorts/{staff.cohort_id}/invitations/"
        assert client.post(page, {"addresses": "ada@school.example", "role": "instructor"}).status_code == 403

    @pytest.mark.parametrize("relation", ["learner", "observer", "stranger", "other instructor"])
    def test_is_not_found_by_anybody_but_staff(self, staff, client, relation):
        login = LoginFactory()
        if relation in {"learner", "observer"}:
            MembershipFactory(person=login.person, cohort=staff.cohort, role=relation)
        if relation == "other instructor":
            MembershipFactory(person=login.person, instructor=True)
        client.force_login(login)
        assert client.get(f"/accounts/cohorts/{staff.cohort_id}/invitations/").status_code == 404

    @pytest.mark.parametrize("size", [1, 9])
    def test_takes_as_many_queries_whatever_the_size(self, staff, client, size, django_assert_num_queries):
        for _ in range(size):
            InvitationFactory(cohort=staff.cohort, expires_at=timezone.now() + datetime.timedelta(days=1))
        client.force_login(staff.person.login)
        with django_assert_num_queries(4):
            client.get(f"/accounts/cohorts/{staff.cohort_id}/invitations/")

    def test_damaged_link_says_so(self, client):
        response = client.get("/accounts/invitations/x/")
        assert response.status_code == 400
        assert "damaged" in response.content.decode()

    def test_withdrawing_is_for_staff(self, staff, client):
        invitation = InvitationFactory(cohort=CohortFactory())
        client.force_login(staff.person.login)
        assert client.post(f"/accounts/invitations/{invitation.pk}/withdraw/").status_code == 404
        assert Invitation.objects.exists()
