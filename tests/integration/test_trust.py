"""What a request claims is not believed: where to go next, who sends it, what it is worth, whether it is new."""

from __future__ import annotations

from urllib.parse import quote, urljoin, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from accounts.models import ApiToken, Login
from quizzes.models import Draft, Step
from simulations import engine
from simulations.models import Prediction, Run
from tests.architecture.rules import rules
from tests.factories.accounts import PASSWORD
from tests.routes import ROUTES, said
from tests.world import GUEST, INSTRUCTOR, LEARNER, OWNER, PEER, VISITOR, World

pytestmark = pytest.mark.django_db

ELSEWHERE = (
    "https://example.com/",
    "//example.com",
    "/\\example.com",
    "///example.com",
    "javascript:alert(1)",
    "home",
    "http:example.com",
)
WRITES = [rule for rule in rules() if rule.method != "GET" and rule.relation != "open"]
FORMS = [rule for rule in WRITES if not ROUTES[rule.route].is_api]


class TestRedirects:
    """`next` never leads to another site."""

    @pytest.mark.parametrize("elsewhere", ELSEWHERE)
    def test_stay_on_the_site(self, elsewhere: str, world: World):
        cache.clear()
        wanted = quote(elsewhere, safe="")
        credentials = {"login": f"{LEARNER}@school.example", "password": PASSWORD, "next": elsewhere}
        new = {"email": "new@school.example", "password1": PASSWORD, "next": elsewhere}
        visitor, learner = world.browsers[VISITOR], world.browsers[LEARNER]
        answers = [
            visitor.form("/accounts/login/", credentials),
            visitor.form(f"/accounts/login/?next={wanted}", credentials),
            visitor.form("/accounts/signup/", new),
            learner.get(f"/accounts/login/?next={wanted}"),
            learner.form("/accounts/logout/", {"next": elsewhere}),
        ]
        for rule in FORMS:
            if rule.expected.get(LEARNER) in {"302", "303"} and rule.route.startswith(("simulations:", "quizzes:")):
                route = ROUTES[rule.route]
                body = route.body(world, rule.relation) | {"next": elsewhere}
                answers.append(learner.form(route.address(world, rule.relation), body))
        redirected = [answer.headers["Location"] for answer in answers if answer.status_code in {302, 303}]
        assert len(redirected) >= len(answers) - 1
        for target in redirected:
            # Browsers read a backslash as a slash.
            assert urlsplit(urljoin("//testserver/a/page/", target.replace("\\", "/")))[:2] == ("", "testserver")

    def test_follow_a_path_of_ours(self, world: World):
        answer = world.browsers[LEARNER].form(
            ROUTES["simulations:cancel-run"].address(world, "learner"), {"next": "/learn/?from=run#panel"}
        )
        assert answer.headers["Location"] == "/learn/?from=run#panel"


class TestForgery:
    """A write without the token of the form is refused, whoever's browser sends it."""

    @pytest.mark.parametrize("actor", [VISITOR, GUEST, LEARNER])
    def test_is_refused_by_every_write(self, actor: str, world: World):
        browser = world.browsers[actor]
        for rule in WRITES:
            cache.clear()
            route = ROUTES[rule.route]
            address, body = route.address(world, rule.relation), route.body(world, rule.relation)
            if route.is_api:
                answer = browser.json(rule.method, address, body, headers={"Idempotency-Key": "r"}, strict=True)
            else:
                answer = browser.form(address, body, strict=True)
            assert answer.status_code == 403, str(rule)
            assert said(answer), str(rule)

    @pytest.mark.parametrize("page", ["login", "signup", "logout", "password/reset"])
    def test_is_refused_by_the_pages_of_logging_in(self, page: str, world: World):
        cache.clear()
        assert world.browsers[VISITOR].form(f"/accounts/{page}/", {}, strict=True).status_code == 403

    def test_needs_no_refusal_where_a_token_is_sent(self, world: World):
        route = ROUTES["api-attempts"]
        answer = world.programs[LEARNER].json(
            "POST", route.address(world, "cohort"), route.body(world, "cohort"), strict=True
        )
        assert answer.status_code == 200


class TestBelieved:
    """What is not the sender's to say is not believed."""

    def test_never_a_grade(self, world: World):
        cache.clear()
        route = ROUTES["api-attempt-submit"]
        claimed = {"outcome": "correct", "fraction": "1.0000", "number": 3, "actor": "x", "seed": 0, "key": {}}
        world.browsers[LEARNER].client().post(
            route.address(world, "learner"),
            route.body(world, "learner") | claimed | {"answer": {"text": "-1"} | claimed},
            content_type="application/json",
            headers={"Idempotency-Key": "claimed"},
        )
        step = Step.objects.get(attempt=world.attempt)
        assert (step.outcome, step.fraction, step.number, step.actor) == ("wrong", 0, 1, world.people[LEARNER])
        assert step.answer == {"text": "-1"}

    def test_never_a_truth_or_a_score(self, world: World):
        cache.clear()
        route = ROUTES["api-predictions"]
        claimed = {"truth": 1, "held": True, "score": 9, "engine_version": "0", "enrolment": str(world.enrolment.pk)}
        world.browsers[PEER].client().post(
            route.address(world, "cohort"), route.body(world, "cohort") | claimed, content_type="application/json"
        )
        prediction = Prediction.objects.get(enrolment__person=world.people[PEER])
        assert (prediction.truth, prediction.held) == (world.prediction.truth, world.prediction.held)
        assert (prediction.score, prediction.engine_version) == (world.prediction.score, engine.VERSION)

    def test_never_rights_or_another_address(self, world: World):
        cache.clear()
        claimed = {"is_staff": "on", "is_superuser": "on", "is_active": "on", "person": "1", "email_verified": "on"}
        client = world.browsers[LEARNER].client()
        profile = ROUTES["accounts:profile"]
        client.post(
            profile.address(world, "-"),
            profile.body(world, "-") | claimed | {"profile-is_staff": "on", "email": "x@y.example"},
        )
        new = {"email": "new@school.example", "password1": PASSWORD, "role": "owner", "organisation": "school-0"}
        Client().post("/accounts/signup/", new | claimed)
        for email in (f"{LEARNER}@school.example", "new@school.example"):
            login = Login.objects.get(email=email)
            assert (login.is_staff, login.is_superuser) == (False, False)
        assert not login.person.memberships.exists()
        assert not EmailAddress.objects.get(user=login).verified

    def test_never_a_token_for_somebody_else(self, world: World):
        cache.clear()
        before = ApiToken.objects.filter(person=world.people[OWNER]).count()
        world.browsers[LEARNER].client().post(
            "/api/v1/tokens/", {"name": "x", "person": str(world.people[OWNER].pk)}, content_type="application/json"
        )
        assert ApiToken.objects.filter(person=world.people[OWNER]).count() == before

    @pytest.mark.parametrize("role", ["owner", "admin", "operator", "", "learner; --"])
    def test_never_a_role_that_an_invitation_cannot_offer(self, role: str, world: World):
        route = ROUTES["accounts:invitations"]
        answer = world.browsers[INSTRUCTOR].form(
            route.address(world, "cohort"), route.body(world, "cohort") | {"role": role}
        )
        assert answer.status_code == 422

    def test_never_a_variant_of_somebody_else(self, world: World):
        cache.clear()
        peer = world.browsers[PEER].client()
        opened = peer.post(
            "/api/v1/attempts/",
            {"offering": world.offerings["cohort"].slug, "item": world.questions[0]},
            content_type="application/json",
        ).json()
        theirs = {"variant": str(world.variant.pk), "answer": {"text": "4"}}
        path = f"/api/v1/attempts/{opened['id']}/"
        submitted = peer.post(
            f"{path}submit/",
            theirs | {"confidence": "sure"},
            content_type="application/json",
            headers={"Idempotency-Key": "1"},
        )
        drafted = peer.put(f"{path}draft/", theirs | {"sequence": 9}, content_type="application/json")
        form = ROUTES["quizzes:submit"].address(world, "cohort", question=world.questions[0])
        typed = peer.post(
            form, {"variant": str(world.variant.pk), "text": "4", "confidence": "sure", "idempotency_key": "2"}
        )
        assert [answer.status_code for answer in (submitted, drafted, typed)] == [409, 409, 409]
        assert not Step.objects.filter(variant=world.variant).exists()
        assert not Step.objects.filter(actor=world.people[PEER]).exists()
        assert Draft.objects.get().attempt == world.attempt


class TestReplay:
    """A request sent again has one effect, and one person's key is nothing to another."""

    def test_of_an_answer_is_one_step(self, world: World):
        cache.clear()
        route, client = ROUTES["api-attempt-submit"], world.browsers[LEARNER].client()
        for text in ("-1", "-2", "-1"):
            answer = client.post(
                route.address(world, "learner"),
                route.body(world, "learner") | {"answer": {"text": text}},
                content_type="application/json",
                headers={"Idempotency-Key": "again"},
            )
            assert answer.status_code == 200
        assert world.attempt.steps.get().answer == {"text": "-1"}

    def test_of_a_run_is_one_run_and_never_another(self, world: World):
        cache.clear()
        route, client = ROUTES["api-runs"], world.browsers[PEER].client()
        address, body = route.address(world, "cohort"), route.body(world, "cohort")
        key = {"content_type": "application/json", "headers": {"Idempotency-Key": "first"}}
        answers = [client.post(address, body | {"requests": size}, **key) for size in (1_000_000, 1_000_000, 2_000_000)]
        assert [answer.status_code for answer in answers] == [202, 202, 409]
        assert answers[0].json()["id"] == answers[1].json()["id"] != str(world.run.pk)
        assert Run.objects.filter(enrolment__person=world.people[PEER]).count() == 1
        assert "first" in said(answers[2])
