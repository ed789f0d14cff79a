"""Hostile requests to every address: nothing crashes, nothing is shown but as text, and what was wrong is said."""

from __future__ import annotations

import re
from http import HTTPStatus
from urllib.parse import quote, urlsplit

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.utils import timezone
from django.utils.html import escape

from accounts.models import ApiToken, Cohort, Invitation, Login, Organisation
from quizzes.models import Draft
from quizzes.services import corrections
from simulations.models import Prediction
from tests.architecture.rules import Rule, rules
from tests.factories.accounts import LoginFactory
from tests.routes import ROUTES, Route, said
from tests.world import (
    INSTRUCTOR,
    LEARNER,
    LEARNER_B,
    OWNER,
    VISITOR,
    Browser,
    World,
    browser_of,
)

pytestmark = pytest.mark.django_db

MARKUP = "<script>alert(1)</script>"
TEXTS = (
    "",
    "a\x00b",
    "１２",
    "NaN",
    "1e400",
    "'; DROP TABLE accounts_login; --",
    f"\"'>{MARKUP}",
    "../../etc/passwd",
    "a\r\nSet-Cookie: hostile=1",
    "%s{{7*7}}{0}",
    "\u202e😀",
    "9" * 5_000,
    "x" * 100_000,
)
VALUES = (None, True, -1, 10**30, 10**400, 1.5, [], {}, [[1]], {"a": [{}]}, {MARKUP: MARKUP}, *TEXTS)
BODIES = {
    "empty": b"",
    "cut off": b'{"a": ',
    "a list": b"[]",
    "a number": b"5",
    "null": b"null",
    "not a number": b'{"low": NaN, "days": Infinity}',
    "too deep a list": b"[" * 100_000,
    "too deep an object": b'{"a":' * 100_000,
    "other characters": '{"a": 1}'.encode("utf-16"),
    "no characters": b"\xff\xfe\x00",
    "half a character": b'{"name": "\\ud800", "offering": "\\udfff"}',
    "too large": b'{"pad": "' + b"x" * 1_100_000 + b'"}',
}
SEGMENTS = (
    "a%00b",
    "%ff",
    "..%2f..%2fetc%2fpasswd",
    quote(MARKUP),
    "'%20OR%201=1--",
    "x" * 5_000,
    "%EF%BC%91",
    "%0d%0aSet-Cookie:%20hostile=1",
)
QUERIES = (
    "a=%00",
    "%00=1",
    "page=1e400",
    "page=-1",
    "page=%EF%BC%91",
    "page=99999999999999999999",
    "calls=NaN",
    "calls=1e400",
    f"calls={quote(MARKUP)}",
    "calls=1&calls=2",
    "calls=" + "9" * 5_000,
    "&".join(f"a{number}=1" for number in range(2_000)),
    "next=//example.com",
    "format=xml",
    "a=" + "x" * 100_000,
)

WRITES = [rule for rule in rules() if rule.method != "GET" and rule.relation != "open"]
DOCUMENTS = [
    rule for rule in WRITES if ROUTES[rule.route].is_api and rule.method != "DELETE" and "run-" not in rule.route
]
FORMS = [rule for rule in WRITES if not ROUTES[rule.route].is_api]
LOOKS = [rule for rule in rules() if rule.method == "GET" and rule.relation != "open"]


def somebody_who_may(rule: Rule, world: World) -> Browser:
    """Return the browser of the first actor whom the rule lets through, with nothing counted against any limit."""
    cache.clear()
    return world.browsers[
        next(actor for actor in (LEARNER, OWNER, LEARNER_B) if rule.expected[actor] not in {"404", "400"})
    ]


def assert_sound(answer: HttpResponse, given: str, *, is_api: bool) -> None:
    """Hold an answer to what every answer to a hostile request owes."""
    assert answer.status_code < 500 or answer.status_code == HTTPStatus.NOT_IMPLEMENTED, given
    assert answer.status_code != 403, given
    assert "html" not in answer.headers.get("Content-Type", "") or MARKUP not in answer.content.decode(), given
    assert "hostile" not in answer.cookies, given
    if answer.status_code == 302 or answer.status_code == 303:
        assert not urlsplit(answer.headers["Location"]).netloc, given
    if answer.status_code >= 400:
        assert said(answer), given
        assert not is_api or answer.headers["Content-Type"] == "application/problem+json", given


class TestForms:
    @pytest.fixture(autouse=True)
    def _few_draws(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Look a corrected key over in fewer draws: what a field does to the form shows in the first of them."""
        monkeypatch.setattr(corrections, "SECOND_LOOK", range(20, 24))

    @pytest.mark.parametrize("rule", FORMS, ids=str)
    def test_take_or_refuse_whatever_is_typed(self, rule: Rule, world: World):
        route, browser = ROUTES[rule.route], somebody_who_may(rule, world)
        address, body = route.address(world, rule.relation), route.body(world, rule.relation)
        fields = set(body) if rule.route.startswith("accounts:") else {*body, "next", "item", "offering"}
        for name in fields:
            for text in TEXTS:
                cache.clear()
                answer = browser.form(address, body | {name: text})
                assert_sound(answer, f"{name}={text[:40]!r}", is_api=False)
                if "\x00" in text:
                    assert (answer.status_code, name in said(answer)) == (400, True)
            assert_sound(browser.form(address, {key: body[key] for key in body if key != name}), name, is_api=False)
            assert_sound(browser.form(address, body | {name: ["a", "b"]}), f"{name} twice", is_api=False)

    @pytest.mark.parametrize(
        ("content_type", "data"),
        [
            ("application/x-www-form-urlencoded", b"\xff=\xfe&=&%ff&a=%"),
            ("application/x-www-form-urlencoded; charset=utf-99", b"a=b"),
            ("multipart/form-data", b"--x\r\nbroken"),
            ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
            ("multipart/form-data; boundary=" + "y" * 500, b"--x\r\nbroken"),
            ("application/json", b"{}"),
            ("", b"a=b"),
        ],
    )
    def test_survive_bodies_that_are_none(self, content_type: str, data: bytes, world: World):
        for rule in FORMS:
            browser, address = somebody_who_may(rule, world), ROUTES[rule.route].address(world, rule.relation)
            assert_sound(
                browser.request("POST", address, data=data, content_type=content_type), str(rule), is_api=False
            )

    def test_say_what_is_too_much(self, world: World):
        for rule in FORMS:
            browser, address = somebody_who_may(rule, world), ROUTES[rule.route].address(world, rule.relation)
            large = browser.form(address, {"text": "x" * 1_100_000})
            assert (large.status_code, "larger than 1,000 kB" in said(large)) == (413, True), str(rule)
            many = browser.form(address, {f"a{number}": 1 for number in range(600)})
            assert (many.status_code, "more than 500 fields" in said(many)) == (400, True), str(rule)


class TestDocuments:
    @pytest.mark.parametrize("rule", DOCUMENTS, ids=str)
    def test_are_refused_by_the_name_of_what_is_wrong(self, rule: Rule, world: World):
        route, browser = ROUTES[rule.route], somebody_who_may(rule, world)
        address, body = route.address(world, rule.relation), route.body(world, rule.relation)
        for name in body:
            for value in VALUES:
                cache.clear()
                answer = route.send(browser, rule.method, address, body | {name: value})
                assert_sound(answer, f"{name}={str(value)[:40]!r}", is_api=True)
                if answer.status_code == 400 and isinstance(value, bool | list | dict):
                    keys = value if isinstance(value, dict) else ()
                    assert any(wrong in said(answer) for wrong in (name, *keys)), (name, value)
            without = route.send(browser, rule.method, address, {key: body[key] for key in body if key != name})
            assert_sound(without, f"no {name}", is_api=True)

    @pytest.mark.parametrize("name", BODIES)
    def test_are_refused_when_they_are_none(self, name: str, world: World):
        for rule in DOCUMENTS:
            browser, address = somebody_who_may(rule, world), ROUTES[rule.route].address(world, rule.relation)
            answer = browser.json(rule.method, address, BODIES[name], headers={"Idempotency-Key": "r"})
            assert_sound(answer, str(rule), is_api=True)
            assert answer.status_code == (413 if name == "too large" else 400), str(rule)

    @pytest.mark.parametrize("content_type", ["", "text/plain", "application/xml", "multipart/form-data; boundary=x"])
    def test_are_refused_as_another_type(self, content_type: str, world: World):
        for rule in DOCUMENTS:
            browser, address = somebody_who_may(rule, world), ROUTES[rule.route].address(world, rule.relation)
            answer = browser.request(rule.method, address, data=b"{}", content_type=content_type)
            assert_sound(answer, str(rule), is_api=True)
            assert answer.status_code in {400, 415}, str(rule)


class TestAddresses:
    @pytest.mark.parametrize("rule", LOOKS, ids=str)
    def test_lead_nowhere_when_they_are_bent(self, rule: Rule, world: World):
        route, browser = (
            ROUTES[rule.route],
            somebody_who_may(rule, world) if OWNER in rule.expected else world.browsers[LEARNER],
        )
        path = route.address(world, rule.relation).partition("?")[0]
        bent = [f"{path}?{query}" for query in QUERIES]
        bent += [path.replace(part, segment) for part in _varying(route, path) for segment in SEGMENTS]
        for address in bent:
            cache.clear()
            answer = browser.get(address)
            assert_sound(answer, address[:120], is_api=route.is_api)


def _varying(route: Route, path: str) -> list[str]:
    return [part for part in path.split("/") if part and part not in route.pattern]


class TestMarkup:
    """Whatever text somebody can set is shown as text."""

    def test_is_shown_as_text_on_every_page(self, world: World):
        hostile = f"\"'>{MARKUP}"
        now = timezone.now()
        learner, cohort = world.people[LEARNER], world.cohort
        Login.objects.filter(person=learner).update(name=hostile)
        ApiToken.objects.filter(pk=world.token.pk).update(name=hostile)
        Invitation.objects.filter(pk=world.invitation.pk).update(email=hostile)
        Cohort.objects.filter(pk=cohort.pk).update(name=hostile)
        Organisation.objects.filter(pk=cohort.organisation_id).update(name=hostile)
        Prediction.objects.filter(pk=world.prediction.pk).update(cause="other", explanation=hostile, explained_at=now)
        Draft.objects.filter(attempt=world.attempt).update(answer={"text": hostile})
        shown = set()
        for rule in LOOKS:
            route = ROUTES[rule.route]
            if route.is_api or not route.name:
                continue
            for actor in (LEARNER, INSTRUCTOR, LEARNER_B):
                page = world.browsers[actor].get(route.address(world, rule.relation, question=world.questions[0]))
                if "html" not in page.headers["Content-Type"]:
                    continue
                assert MARKUP not in page.content.decode(), (actor, route.name)
                if escape(MARKUP) in page.content.decode():
                    shown.add(route.name)
        assert shown >= {
            "accounts:settings",
            "accounts:invitations",
            "accounts:invitation",
            "quizzes:question",
            "reading:chapter",
            "reading:cohort",
            "reading:courses",
        }

    def test_is_shown_as_text_in_the_admin(self, world: World):
        Login.objects.filter(person=world.people[LEARNER]).update(email=f"{MARKUP}@school.example")
        Draft.objects.filter(attempt=world.attempt).update(answer={"text": MARKUP})
        ApiToken.objects.filter(pk=world.token.pk).update(name=MARKUP)
        operator = browser_of(LoginFactory(is_staff=True, is_superuser=True).person)
        for page in ("accounts/login", "accounts/apitoken", "quizzes/attempt"):
            text = operator.get(f"/admin/{page}/").content.decode()
            assert MARKUP not in text, page
        assert escape(MARKUP) in operator.get("/admin/accounts/login/").content.decode()


class TestHeaders:
    @pytest.mark.parametrize(
        "authorization",
        [
            "Bearer",
            "Bearer ",
            "Bearer hr_",
            "bearer \xff\xfe",
            "Bearer " + "x" * 10_000,
            "Bearer a b c",
            "Bearer '; --",
        ],
    )
    def test_of_no_token_open_nothing(self, authorization: str, world: World):
        answer = world.browsers[LEARNER].get("/api/v1/me/", headers={"Authorization": authorization})
        assert_sound(answer, authorization, is_api=True)
        assert answer.status_code == 401

    def test_of_a_revoked_token_open_nothing(self, world: World):
        ApiToken.objects.filter(pk=world.token.pk).update(revoked_at=timezone.now())
        assert world.programs[LEARNER].get("/api/v1/me/").status_code == 401

    @pytest.mark.parametrize("request_id", ["a\r\nSet-Cookie: hostile=1", MARKUP, "x" * 10_000, "", "short"])
    def test_never_come_back_as_they_were_given(self, request_id: str, world: World):
        answer = world.browsers[LEARNER].get("/learn/", headers={"X-Request-ID": request_id})
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])

    @pytest.mark.parametrize("host", ["example.com", "testserver@example.com", "testserver:80:80", "<script>"])
    def test_of_another_host_are_refused(self, host: str, world: World):
        answer = world.browsers[VISITOR].get("/", headers={"Host": host})
        assert answer.status_code == 400
        assert "example.com" not in answer.content.decode()

    @pytest.mark.parametrize("session", ["'; DROP TABLE accounts_session; --", "x" * 10_000, "\xef\xbc\x91", ""])
    def test_of_a_session_that_is_none_are_a_visitors(self, session: str, world: World):
        browser = Browser({"sessionid": session})
        assert browser.get("/learn/").status_code == 200
        assert browser.get("/api/v1/me/").status_code == 401

    @pytest.mark.parametrize("key", ["", "x" * 81, "é" * 81])
    def test_name_an_idempotency_key_that_is_none(self, key: str, world: World):
        for name in ("api-runs", "api-attempt-submit"):
            route = ROUTES[name]
            answer = world.browsers[LEARNER].json(
                "POST", route.address(world, "cohort"), route.body(world, "cohort"), headers={"Idempotency-Key": key}
            )
            assert answer.status_code == 400
            assert "key" in said(answer).lower()
