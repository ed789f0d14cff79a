"""Every route, for every role, on everybody's objects; generated from the resolver, so that none is forgotten."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.http import HttpResponse

from lessons.content.course import TAKEN
from tests.architecture.rules import DESCRIPTIONS, Rule, rules
from tests.factories.accounts import LoginFactory
from tests.routes import ROUTES as NAMED
from tests.routes import routes
from tests.world import (
    ACTORS,
    GUEST,
    LEARNER,
    LOGINS,
    OWNER,
    PEER,
    VISITOR,
    Browser,
    World,
    browser_of,
)

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
LOG_IN_PAGE = "/accounts/login/"
RULES = rules()
ROUTES = {name: route for name, route in NAMED.items() if name not in DESCRIPTIONS}
OURS = [name for name, route in ROUTES.items() if not route.is_log_in]
IDENTIFIER = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
"""A thing's, or a request's."""
PLACEHOLDER = re.compile(r"<[^>]+>")
UNDER_A_COURSE = re.compile(r"learn/<[^>]+>/(?P<word>[a-z-]+)")


@pytest.fixture(autouse=True)
def _no_requests_counted() -> None:
    """Begin with every request limit unused."""
    cache.clear()


def ask(browser: Browser, rule: Rule, world: World) -> HttpResponse:
    """Return the answer to a rule's request."""
    return ROUTES[rule.route].ask(browser, world, rule.relation, rule.method)


def absent_from(world: World) -> World:
    """Return the world with identifiers of nothing where the learner's things were."""
    nothing = SimpleNamespace(pk=uuid4())
    return replace(world, attempt=nothing, run=nothing, prediction=nothing, token=nothing)


def outcome(answer: HttpResponse) -> str:
    """Return an answer as the tables write it."""
    if answer.status_code == 302 and answer.headers["Location"].startswith(LOG_IN_PAGE):
        return "log"
    return str(answer.status_code)


class TestCourses:
    def test_cannot_have_a_page_at_the_address_of_another(self):
        words = {found["word"] for route in routes() if (found := UNDER_A_COURSE.match(route.pattern))}
        assert words == TAKEN, "lessons.content.course.TAKEN lists what a chapter cannot be called"


class TestRules:
    def test_cover_every_route(self):
        assert {rule.route for rule in RULES} == set(ROUTES), "tests/architecture/rules.py and the resolver differ"

    def test_cover_both_an_open_and_a_cohorts_offering(self):
        named = {name for name in OURS if ROUTES[name].parameters & {"slug", "offering"}}
        assert named
        for name in named:
            assert {rule.relation for rule in RULES if rule.route == name} == {"open", "cohort"}, name

    def test_are_stated_once(self):
        lines = [str(rule) for rule in RULES]
        assert sorted(set(lines)) == sorted(lines)

    def test_speak_of_every_actor(self):
        for rule in RULES:
            if rule.route in OURS:
                assert tuple(rule.expected) == ACTORS, str(rule)


class TestRoutes:
    @pytest.mark.parametrize("rule", RULES, ids=str)
    def test_answer_every_actor_as_ruled(self, rule: Rule, world: World):
        found = {actor: outcome(ask(world.browsers[actor], rule, world)) for actor in rule.expected}
        assert found == rule.expected

    @pytest.mark.parametrize("rule", [rule for rule in RULES if rule.token], ids=str)
    def test_answer_a_token_as_its_login_or_as_ruled(self, rule: Rule, world: World):
        found = {actor: outcome(ask(world.programs[actor], rule, world)) for actor in LOGINS}
        assert found == {actor: rule.expected[actor] if rule.token == "=" else rule.token for actor in LOGINS}

    @pytest.mark.parametrize("name", OURS)
    def test_refuse_every_method_without_a_rule(self, name: str, world: World):
        ruled = [rule for rule in RULES if rule.route == name]
        allowed = {rule.method for rule in ruled}
        allowed |= {"HEAD"} if "GET" in allowed else set()
        address = ROUTES[name].address(world, ruled[-1].relation)
        if address.startswith("/api/") and name != "api-evaluate":
            allowed |= {"OPTIONS"}
        learner = world.browsers[LEARNER]
        refused = {method for method in METHODS if learner.request(method, address).status_code == 405}
        assert set(METHODS) - refused == allowed

    @pytest.mark.parametrize("name", sorted(DESCRIPTIONS))
    def test_describe_the_api_to_everybody(self, name: str, world: World):
        address = NAMED[name].address(world, "-")
        assert {browser.get(address).status_code for browser in world.browsers.values()} == {200}


class TestHidden:
    """What one may not see looks exactly like what does not exist."""

    @pytest.mark.parametrize(
        "rule", [rule for rule in RULES if rule.relation == "learner" and rule.expected[PEER] == "404"], ids=str
    )
    def test_things_tell_no_more_than_absent_ones(self, rule: Rule, world: World):
        peer, told = world.browsers[PEER], []
        for whose in (world, absent_from(world)):
            answer = ask(peer, rule, whose).content.decode()
            told.append(IDENTIFIER.sub("", answer))
        assert told[0] == told[1]


class TestAdmin:
    """Django's own, behind its own log-in: what matters is that no role of a bootcamp opens it."""

    @pytest.mark.parametrize("actor", [VISITOR, GUEST, OWNER])
    def test_opens_to_no_role(self, actor: str, world: World):
        for address in _admin_addresses():
            answer = world.browsers[actor].request("POST" if address.endswith("/add/") else "GET", address)
            assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/admin/login/"), address

    def test_opens_to_the_operator(self, world: World):
        operator = browser_of(LoginFactory(is_staff=True, is_superuser=True).person)
        for address in _admin_addresses():
            assert operator.get(address).status_code < 500, address
        assert operator.get("/admin/").status_code == 200


def _admin_addresses() -> list[str]:
    """Return an address of each admin page, of things that do not exist, but for those of logging in and out."""
    open_to_all = {"admin:login", "admin:logout", "admin:jsi18n"}
    return [
        "/" + PLACEHOLDER.sub("0", route.pattern).replace("^", "").replace("$", "")
        for route in routes()
        if route.is_admin and route.name and route.name not in open_to_all and "(?P" not in route.pattern
    ]
