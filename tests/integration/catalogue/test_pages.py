"""The pages on which staff of a bootcamp bring in a course, look at it, and give it to a cohort."""

from __future__ import annotations

import json
import re
import time
from types import SimpleNamespace

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.uploads import LARGEST_REQUEST
from lessons.catalogue import uploads
from lessons.catalogue.errors import NotAllowed
from lessons.catalogue.models import Course, Event, Item, Offering, Revision, Upload
from lessons.catalogue.revisions import PREVIEW_FOR, preview_token
from lessons.catalogue.services import load_course, offer_course, publish_course, revoke_previews
from lessons.content import Fault, Report
from lessons.content.archive import LARGEST_ARCHIVE
from lessons.content.course import check_archive
from simulations.engine.registry import MODELS
from tests.factories.accounts import CohortFactory, LoginFactory, MembershipFactory
from tests.factories.catalogue import EnrolmentFactory, EventFactory
from tests.integration.catalogue.packing import files_of, packed, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(client):
    """A bootcamp with a cohort, its instructor logged in, and another cohort that somebody else teaches."""
    cohort = CohortFactory(organisation__slug="north", slug="spring", name="Spring")
    login = LoginFactory(name="Iris")
    MembershipFactory(person=login.person, cohort=cohort, instructor=True)
    other = CohortFactory(organisation=cohort.organisation, slug="autumn", name="Autumn")
    client.force_login(login)
    return SimpleNamespace(organisation=cohort.organisation, cohort=cohort, other=other, teacher=login.person)


@pytest.fixture
def here(monkeypatch):
    """Check archives in this process, which is quicker; one test goes the whole way."""
    monkeypatch.setattr(uploads, "check_apart", check_archive)


def at(name, *arguments):
    return reverse(f"catalogue:{name}", args=arguments)


def send(client, content):
    return client.post(at("upload", "north"), {"archive": sent(content)})


def upload(client, content):
    """Send an archive, let a worker check it, and return the page that says what became of it."""
    answer = send(client, content)
    assert answer.status_code == 303
    assert "It is being checked" in client.get(answer["Location"]).content.decode()
    work()
    return client.get(answer["Location"]).content.decode()


def work():
    for waiting in Upload.objects.filter(state="waiting"):
        uploads.check_upload(upload_id=waiting.pk, now=timezone.now())


class TestUpload:
    def test_keeps_a_sound_course_that_nobody_reads_yet(self, client, school, course_folder):
        page = upload(client, packed(files_of(course_folder)))
        assert "Revision 1 is kept, and nobody reads it yet" in page
        revision = Revision.objects.get()
        assert (revision.number, revision.course.organisation) == (1, school.organisation)
        assert revision.uploaded_by == school.teacher
        assert not Offering.objects.exists()
        assert Upload.objects.get().content is None
        assert "Iris" in client.get(at("course", "north", "minimal")).content.decode()
        assert "revision 1" in client.get(at("upload", "north")).content.decode()

    @pytest.mark.usefixtures("here")
    def test_lists_every_fault_and_keeps_nothing(self, client, school, course_folder):
        files = files_of(course_folder)
        files["01-waiting/chapter.md"] = files["01-waiting/chapter.md"].replace(b"[twenty]{.given}", b"20 <br>")
        files["../escape.md"] = b"x"
        page = upload(client, packed(files))
        assert "3 faults; nothing of the course was kept" in page
        for words in ("../escape.md", "leads out of its folder", "chapter.md", "has no origin", "is raw HTML"):
            assert words in page
        assert (Course.objects.count(), Item.objects.count()) == (0, 0)

    @pytest.mark.usefixtures("here")
    def test_shows_a_hostile_name_as_text(self, client, school, course_folder):
        page = upload(client, packed({**files_of(course_folder), "<script>alert(1)<.md": b"x"}))
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page

    def test_says_a_fault_that_quotes_what_the_database_cannot_hold(self, client, school, monkeypatch):
        fault = Fault("course.yaml", 1, "Take “\0\ud800” out.")
        monkeypatch.setattr(uploads, "check_apart", lambda _: Report((fault,), None))
        assert "Take “\ufffd?” out." in upload(client, b"PK")

    @pytest.mark.parametrize("content", [b"MZ\x90 a program", b"PK\x03\x04 broken", b"\x1f\x8b broken"])
    @pytest.mark.usefixtures("here")
    def test_refuses_what_is_no_archive(self, client, school, content):
        page = upload(client, content)
        assert "1 fault; nothing of the course was kept" in page
        assert "Pack" in page

    def test_refuses_what_is_too_large_without_reading_more(self, client, school):
        answer = send(client, b"PK" + b"\0" * (LARGEST_ARCHIVE + 100))
        assert answer.status_code == 422
        assert "more than 5,000,000 bytes" in answer.content.decode()
        assert not Upload.objects.exists()

    def test_is_not_even_read_where_it_is_far_too_large(self, client, school):
        answer = send(client, b"PK" + b"\0" * LARGEST_REQUEST)
        assert answer.status_code == 413
        assert "larger than 12 MB" in answer.content.decode()

    @pytest.mark.usefixtures("here")
    def test_says_that_nothing_has_changed(self, client, school, course_folder):
        content = packed(files_of(course_folder))
        upload(client, content)
        assert "Nothing has changed: this is revision 1" in upload(client, content)
        assert Revision.objects.count() == 1

    @pytest.mark.usefixtures("here")
    def test_says_why_an_id_cannot_become_something_else(self, client, school, course_folder, edit):
        upload(client, packed(files_of(course_folder)))
        edit(
            ("id: straggler-instrument", "id: other"),
            ("{#tables}", "{#straggler-instrument}"),
            ("(#tables)", "(#straggler-instrument)"),
        )
        assert "was a simulation and is now a section" in upload(client, packed(files_of(course_folder)))
        assert Revision.objects.count() == 1

    @pytest.mark.usefixtures("here")
    def test_sent_twice_or_delivered_twice_is_checked_once(
        self, client, school, course_folder, django_capture_on_commit_callbacks
    ):
        content = packed(files_of(course_folder))
        with django_capture_on_commit_callbacks() as handed_out:
            assert send(client, content)["Location"] == send(client, content)["Location"]
        assert len(handed_out) == 1
        work()
        first = Upload.objects.get()
        uploads.check_upload(upload_id=first.pk, now=timezone.now())
        assert Upload.objects.get().ended_at == first.ended_at
        assert (Revision.objects.count(), first.starts) == (1, 1)

    def test_asks_to_come_back_while_many_wait(self, client, school):
        for number in range(uploads.MOST_WAITING):
            assert send(client, f"PK {number}".encode()).status_code == 303
        answer = send(client, b"PK another")
        assert answer.status_code == 409
        page = " ".join(answer.content.decode().split())
        assert "3 courses of this bootcamp wait to be checked" in page
        assert page.count("being checked.") == uploads.MOST_WAITING
        assert Upload.objects.count() == uploads.MOST_WAITING

    def test_is_handed_out_again_where_it_went_quiet_and_then_given_up(self, client, school, monkeypatch):
        published = []
        monkeypatch.setattr(uploads, "publish", lambda *task: published.append(task))
        monkeypatch.setattr(uploads, "check_apart", lambda _: pytest.fail("the worker died"))
        answer = send(client, b"PK")
        key, now = Upload.objects.get().pk, timezone.now()
        for _ in range(uploads.MOST_STARTS):
            with pytest.raises(pytest.fail.Exception):
                uploads.check_upload(upload_id=key, now=now)
            uploads.sweep_uploads(now=now)
            now += uploads.QUIET
            uploads.sweep_uploads(now=now)
        assert published == [(uploads.CHECK_TASK, str(key))] * uploads.MOST_STARTS
        uploads.check_upload(upload_id=key, now=now)
        assert "began 3 times and never came to an end" in client.get(answer["Location"]).content.decode()
        assert Upload.objects.get().content is None

    @pytest.mark.usefixtures("here")
    def test_of_somebody_who_may_not_any_more_is_refused(self, client, school, course_folder):
        send(client, packed(files_of(course_folder)))
        school.teacher.memberships.all().delete()
        work()
        assert "Only who runs" in Upload.objects.get().refusal
        assert not Course.objects.exists()

    def test_asks_for_a_file(self, client, school):
        page = client.post(at("upload", "north"), follow=True).content.decode()
        assert "No file was chosen" in page

    def test_is_not_for_learners_of_the_bootcamp_nor_for_other_schools(self, client, school):
        page = send(client, b"PK")["Location"]
        learner, stranger = LoginFactory(), LoginFactory()
        MembershipFactory(person=learner.person, cohort=school.cohort)
        MembershipFactory(person=stranger.person, organisation=CohortFactory().organisation, owner=True)
        for login in (learner, stranger):
            client.force_login(login)
            assert send(client, b"PK").status_code == 404
            assert client.get(page).status_code == 404
            with pytest.raises(NotAllowed, match="Only who runs"):
                uploads.send_course(
                    organisation=school.organisation, name="x", content=b"PK", actor=login.person, now=timezone.now()
                )
        elsewhere = stranger.person.memberships.get().organisation.slug
        assert client.get(at("sent", elsewhere, Upload.objects.get().pk)).status_code == 404
        assert Upload.objects.count() == 1


@pytest.fixture
def revisions(loaded, edit, school, now):
    """Two revisions of the school's course, of which the cohort reads the first; another question in the second."""
    first = load_course(source=loaded, organisation=school.organisation, now=now)
    offering = offer_course(course=first.course, cohort=school.cohort, slug="north-spring", now=now)
    changed = edit(("- id: slow-share\n", "- id: other-share\n"), (":::question slow-share", ":::question other-share"))
    second = load_course(source=changed, organisation=school.organisation, now=now)
    return SimpleNamespace(first=first, second=second, offering=offering)


class TestRevisions:
    def test_are_listed_with_who_reads_them(self, client, school, revisions):
        other = offer_course(
            course=revisions.first.course, cohort=school.other, slug="north-autumn", now=revisions.first.created_at
        )
        page = client.get(at("course", "north", "minimal")).content.decode()
        assert "Spring" in page
        assert "Autumn" not in page, "another instructor's cohort is not theirs to see"
        assert other.revision == revisions.second

    def test_are_compared(self, client, school, revisions):
        page = client.get(at("compare", "north", "minimal")).content.decode()
        assert "From revision 1 to 2" in page
        assert "Major" in page
        assert "waiting/slow-share" in page

    @pytest.mark.parametrize("query", ["?before=9", "?after=77", "?before=1&after=999999999"])
    def test_that_are_not_there_are_not_found(self, client, school, revisions, query):
        assert client.get(at("compare", "north", "minimal") + query).status_code == 404

    def test_of_another_school_are_not_found(self, client, school, loaded, now):
        theirs = publish_course(source=loaded, organisation=CohortFactory().organisation, now=now)
        slug = theirs.course.organisation.slug
        assert client.get(at("course", slug, "minimal")).status_code == 404
        assert client.get(at("course", "north", "minimal")).status_code == 404

    def test_take_as_many_queries_for_many_as_for_few(
        self, client, school, revisions, edit, now, django_assert_num_queries
    ):
        address = at("course", "north", "minimal")
        client.get(address)
        with django_assert_num_queries(6):
            client.get(address)
        for number in range(3):
            load_course(
                source=edit(("The page hung", f"The page hung {'x' * (number + 1)}")),
                organisation=school.organisation,
                now=now,
                uploaded_by=school.teacher,
            )
        with django_assert_num_queries(7):  # one more for the names of those who sent them
            client.get(address)


class TestGive:
    def test_gives_a_cohort_its_bootcamps_own_course(self, client, school, loaded, now):
        load_course(source=loaded, organisation=school.organisation, now=now)
        answer = client.post(at("give", school.cohort.pk), {"course": "own/minimal"})
        assert (answer.status_code, answer["Location"]) == (303, "/learn/north-spring/")
        assert client.get(answer["Location"]).status_code == 200

    def test_gives_a_second_course_an_address_of_its_own(self, client, school, loaded, now):
        load_course(source=loaded, organisation=school.organisation, now=now)
        publish_course(source=loaded, organisation=None, now=now)
        client.post(at("give", school.cohort.pk), {"course": "own/minimal"})
        answer = client.post(at("give", school.cohort.pk), {"course": "open/minimal"})
        assert answer["Location"] == "/learn/north-spring-minimal/"

    def test_offers_no_other_schools_course(self, client, school, loaded, now):
        load_course(source=loaded, organisation=CohortFactory().organisation, now=now)
        assert "every course that it could have" in client.get(at("give", school.cohort.pk)).content.decode()
        assert client.post(at("give", school.cohort.pk), {"course": "own/minimal"}).status_code == 404

    def test_is_not_for_who_teaches_another_cohort(self, client, school):
        assert client.get(at("give", school.other.pk)).status_code == 404


class TestAdopt:
    def test_shows_what_would_change_and_for_how_many(self, client, school, revisions):
        item = Item.objects.get(key="waiting/slow-share")
        for _ in range(2):
            enrolment = EnrolmentFactory(offering=revisions.offering)
            for _ in range(2):
                EventFactory(enrolment=enrolment, item=item)
        page = " ".join(client.get(at("adopt", "north-spring")).content.decode().split())
        assert "What revision 2 would change" in page
        assert "removed, major" in page
        assert "2 learners have worked on it." in page

    def test_lets_the_cohort_read_another_revision_and_go_back(self, client, school, revisions):
        for wanted, read in ((revisions.second, 1), (revisions.first, 2)):
            answer = client.post(at("adopt", "north-spring"), {"revision": wanted.number, "compared_with": read})
            assert answer.status_code == 303
            assert Offering.objects.get(slug="north-spring").revision == wanted

    def test_changes_nothing_where_somebody_was_quicker(self, client, school, revisions, edit, now):
        third = load_course(
            source=edit(("The page hung.", "The page hung twice.")), organisation=school.organisation, now=now
        )
        client.post(at("adopt", "north-spring"), {"revision": 2, "compared_with": 1})
        answer = client.post(at("adopt", "north-spring"), {"revision": third.number, "compared_with": 1})
        assert answer.status_code == 409
        assert "reads revision 2 by now" in answer.content.decode()
        assert Offering.objects.get(slug="north-spring").revision == revisions.second

    @pytest.mark.parametrize("number", ["", "x", "0", "77", "99999999999999999999"])
    def test_refuses_a_revision_that_is_not_there(self, client, school, revisions, number):
        assert client.post(at("adopt", "north-spring"), {"revision": number}).status_code == 404

    def test_is_not_for_learners(self, client, school, revisions):
        learner = LoginFactory()
        MembershipFactory(person=learner.person, cohort=school.cohort)
        client.force_login(learner)
        assert client.get(at("adopt", "north-spring")).status_code == 404
        assert client.post(at("adopt", "north-spring"), {"revision": 2, "compared_with": 1}).status_code == 404
        assert Offering.objects.get(slug="north-spring").revision == revisions.first


class TestPreview:
    def look(self, revision, key=""):
        token = preview_token(revision, now=timezone.now())
        return Client().get(f"/preview/{token}/{key}/" if key else f"/preview/{token}/")

    def test_shows_a_revision_to_whoever_has_the_link_and_keeps_nothing(self, revisions):
        page = self.look(revisions.second).content.decode()
        assert "A preview of revision 2" in page
        answer = self.look(revisions.second, "waiting")
        page = answer.content.decode()
        assert "Share of slow pages" in page
        assert "A run is offered here: 1,000 requests" in page
        assert page.count('class="question"') == 1
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "sessionid" not in answer.cookies
        assert not Event.objects.exists()

    def test_ends_after_a_week(self, revisions, monkeypatch):
        token = preview_token(revisions.second, now=timezone.now())
        later = time.time() + PREVIEW_FOR.total_seconds() + 5
        monkeypatch.setattr(signing.time, "time", lambda: later)
        answer = Client().get(f"/preview/{token}/")
        assert answer.status_code == 404
        assert "more than a week old" in answer.content.decode()

    def test_asks_before_the_first_look_as_learners_are_asked(self, school, edit, now):
        prompt = MODELS["tail_latency"].predictions[0].name
        source = edit(("id: straggler-instrument\n", f"id: straggler-instrument\npredict: {prompt}\n"))
        page = self.look(load_course(source=source, organisation=school.organisation, now=now), "waiting")
        question, _, after = page.content.decode().partition("Lock it in")
        assert question.rindex('<fieldset class="shown-only" disabled') > question.rindex("<headroom-instrument")
        assert "Learners see the result once they have answered" in after
        data = json.loads(question.split('type="application/json">')[1].split("</script>")[0])
        assert data["prediction_prompt"]["name"] == prompt
        assert (data["prediction"], data["result"], data["offering"]) == (None, None, "")

    def test_is_revoked_by_staff_until_a_new_link_is_made(self, client, school, revisions):
        course = at("course", "north", "minimal")
        sent_before, other = (preview_token(row, now=timezone.now()) for row in (revisions.second, revisions.first))
        for _ in range(2):
            answer = client.post(at("revoke-previews", "north", "minimal", 2), follow=True)
            assert answer.redirect_chain == [(course, 303)]
            assert "until now open nothing any more" in answer.content.decode()
        gone = Client().get(f"/preview/{sent_before}/waiting/")
        assert gone.status_code == 404
        assert "was taken back" in gone.content.decode()
        assert Client().get(f"/preview/{other}/").status_code == 200
        (new,) = re.findall(
            r'href="(/preview/[^"]+)"\s+aria-label="Private link to revision 2"', answer.content.decode()
        )
        assert Client().get(new).status_code == 200

    def test_is_not_revoked_by_other_schools(self, client, school, revisions, loaded, now):
        theirs = load_course(source=loaded, organisation=CohortFactory().organisation, now=now)
        link = preview_token(theirs, now=timezone.now())
        slug = theirs.course.organisation.slug
        for where in (
            (slug, "minimal", 1),
            ("north", "absent", 1),
            ("north", "minimal", 9),
            ("north", "minimal", 10**12),
        ):
            assert client.post(at("revoke-previews", *where)).status_code == 404
        with pytest.raises(NotAllowed):
            revoke_previews(revision=theirs, actor=school.teacher, now=timezone.now())
        assert Client().get(f"/preview/{link}/").status_code == 200

    @pytest.mark.parametrize(
        "token", ["x", "a:b:c", signing.dumps("0" * 32, salt="another")], ids=["no token", "no signature", "another's"]
    )
    def test_opens_to_no_other_token(self, revisions, token):
        assert Client().get(f"/preview/{token}/").status_code == 404

    def test_has_no_page_that_the_revision_lacks(self, revisions):
        assert self.look(revisions.second, "absent").status_code == 404


class TestBootcamp:
    def test_leads_to_invitations_of_the_cohorts_that_one_teaches(self, client, school, revisions):
        page = client.get(at("bootcamp", "north")).content.decode()
        assert reverse("accounts:invitations", args=[school.cohort.pk]) in page
        assert reverse("accounts:invitations", args=[school.other.pk]) not in page
        assert "revision 1 of 2" in page
        assert at("bootcamp", "north") in client.get("/home/").content.decode()
        assert at("bootcamp", "north") in client.get("/accounts/settings/").content.decode()

    def test_says_what_there_is_not_yet(self, client, school):
        page = client.get(at("bootcamp", "north")).content.decode()
        assert "It has no course yet" in page
        assert "There is none yet" in page
