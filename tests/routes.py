"""Every address of the site, read from the URL resolver, and what makes a valid request to each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.utils import timezone

from lessons.catalogue.models import Item
from lessons.catalogue.revisions import preview_token
from quizzes.kinds import parse_question
from quizzes.kinds.editing import Input, editable_fields
from simulations import engine
from simulations.engine.parameters import canonical_query
from simulations.engine.registry import MODELS
from simulations.selectors import PICTURE_VERSION, challenge_url
from tests.factories.accounts import PASSWORD
from tests.world import CHAPTER, LEARNER, MODEL, PROMPT, SECTION, Browser, World

KEY = {"Idempotency-Key": "r"}
CANONICAL = canonical_query(MODELS[MODEL].parameters())
QUERIES = {
    "api-evaluate": CANONICAL,
    "simulations:state-picture": CANONICAL,
    "simulations:oembed": urlencode({"url": f"http://testserver/simulations/{MODEL}/"}),
}
"""What an address needs besides its path."""


@dataclass(frozen=True)
class Route:
    """An address with the names of what varies in it; `name` is empty where the resolver knows none."""

    name: str
    pattern: str
    parameters: frozenset[str]

    @property
    def is_admin(self) -> bool:
        """Whether it belongs to Django's admin."""
        return self.pattern.startswith("admin/")

    @property
    def is_api(self) -> bool:
        """Whether programs ask it."""
        return self.pattern.startswith("api/")

    @property
    def is_log_in(self) -> bool:
        """Whether it is one of allauth's."""
        return self.name.startswith("account_")

    def address(self, world: World, relation: str, *, question: str | None = None) -> str:
        """Return the address with the world's objects in it; of a question it is the second, unless told."""
        known = arguments(world, relation)
        if self.name.endswith("-picture"):
            known["version"] = PICTURE_VERSION
        keys = {"reading": CHAPTER, "quizzes": question or world.questions[1]}
        known["key"] = keys.get(self.name.partition(":")[0], "no-such-key")
        address = reverse(self.name, kwargs={name: known[name] for name in self.parameters})
        return f"{address}?{QUERIES[self.name]}" if self.name in QUERIES else address

    def body(self, world: World, relation: str) -> dict[str, Any]:
        """Return what makes a write valid: a form's fields for a page, a document for the API."""
        return _bodies(world, relation).get(self.name, {})

    def ask(self, browser: Browser, world: World, relation: str, method: str) -> HttpResponse:
        """Return the answer to a valid request."""
        address = self.address(world, relation)
        if method in {"GET", "HEAD"}:
            return browser.request(method, address)
        return self.send(browser, method, address, self.body(world, relation))

    def send(self, browser: Browser, method: str, address: str, body: Mapping[str, Any]) -> HttpResponse:
        """Return the answer to a write: of a form to a page, of a document to the API."""
        if self.is_api:
            return browser.json(method, address, body, headers=KEY)
        return browser.form(address, body)


def routes() -> Iterator[Route]:
    """Yield every route there is."""
    yield from _routes(get_resolver(), prefix="", namespace="")


def said(answer: HttpResponse) -> str:
    """Return what an answer says was wrong."""
    text = answer.content.decode()
    if answer.headers["Content-Type"] == "application/problem+json":
        document = json.loads(text)
        assert set(document) == {"type", "title", "status", "code", "detail", "faults", "request_id"}
        assert document["status"] == answer.status_code
        return " ".join(
            [document["detail"], *(f"{fault['field']}: {fault['message']}" for fault in document["faults"])]
        )
    found = re.findall(
        r'<(?:p|li|ul|div)[^>]*(?:data-problem-detail|class="error|class="notice|errorlist)[^>]*>(.*?)</',
        text,
        re.DOTALL,
    )
    return " ".join(found).strip()


def _routes(resolver: URLResolver, *, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            name = f"{namespace}{entry.name}" if entry.name else ""
            yield Route(name, pattern, frozenset(entry.pattern.regex.groupindex) | frozenset(entry.pattern.converters))
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _routes(entry, prefix=pattern, namespace=inner)


def arguments(world: World, relation: str) -> dict[str, object]:
    """Return what stands for each parameter of an address: the learner's things, and the offering of the relation."""
    offering = world.offerings.get(relation, world.offerings["cohort"]).slug
    return {
        "slug": offering,
        "offering": offering,
        "model": MODEL,
        "name": MODEL,
        "version": engine.VERSION,
        "challenge": challenge_url(model=MODEL, prompt=PROMPT.name, low=100.0, high=900.0).split("/")[-2],
        "uidb36": "0",
        "run_id": world.run.pk,
        "prediction_id": world.prediction.pk,
        "note_id": world.note.pk,
        "attempt_id": world.attempt.pk,
        "correction_id": world.correction.pk,
        "assignment_id": world.assignment.pk,
        "file_id": world.grade_file.pk,
        "category_id": world.assignment.category_id,
        "person_id": world.people[LEARNER].pk,
        "comeback_id": world.comeback.pk,
        "review_id": world.asked.attempt_id,
        "placement_id": world.placement.pk,
        "interview_id": world.interview.pk,
        "token_id": world.token.pk,
        "cohort_id": world.cohort.pk,
        "school": world.cohort.organisation.slug,
        "course": world.own_revision.course.slug,
        "preview": preview_token(world.offerings["cohort"].revision, now=timezone.now()),
        "number": world.own_revision.number,
        "upload_id": world.upload.pk,
        "invitation_id": world.invitation.pk,
        "token": world.invitation_link,
    }


def _bodies(world: World, relation: str) -> dict[str, dict[str, Any]]:
    offering = world.offerings.get(relation, world.offerings["cohort"])
    named = {"offering": offering.slug, "model": MODEL}
    interval = {"prompt": PROMPT.name, "low": PROMPT.minimum, "high": PROMPT.maximum}
    version = offering.revision.versions.get(item__key=world.questions[1])
    typed = {"variant": f"own:{version.pk}", "sequence": 1, "text": "4", "confidence": "sure", "idempotency_key": "r"}
    answer = {"variant": str(world.variant.pk), "answer": {"text": "4"}}
    explanation = {"cause": "rare-adds-up", "explanation": "Each page waits for the slowest."}
    assignment = {
        "title": "Week one",
        "opens_at": f"{world.assignment.opens_at:%Y-%m-%dT%H:%M}",
        "due_at": f"{world.assignment.due_at:%Y-%m-%dT%H:%M}",
        "cut_off_at": f"{world.assignment.cut_off_at:%Y-%m-%dT%H:%M}",
        "feedback": "at_once",
        "category": str(world.assignment.category_id),
        "chosen": [world.questions[0], world.questions[1]],
        "points": ["1", "1"],
        "place": ["1", "2"],
    }
    chapter = offering.revision.versions.get(item__key=world.comeback.item.key.partition("/")[0])
    term = Item.objects.get(course=offering.course_id, key=chapter.payload["terms"][0]["key"])
    note = {
        "section": SECTION,
        "quote": "slow",
        "prefix": "a",
        "suffix": "call",
        "text": "Mine.",
        "idempotency_key": "r",
    }
    interviewed = world.interview.questions.get(position=1).attempt.variants.get()
    return {
        "catalogue:new-cohort": {
            "name": "Spring 2027",
            "starts_on": "2027-03-01",
            "ends_on": "2027-05-28",
            "time_zone": "Europe/Berlin",
            "revision": str(offering.revision_id),
        },
        "catalogue:give": {"course": "open/tradeoffs"},
        "catalogue:adopt": {"revision": offering.revision.number, "compared_with": offering.revision.number},
        "reading:notes": note,
        "reading:note": {"text": "Mine."},
        "quizzes:new-assignment": assignment,
        "quizzes:edit-assignment": assignment,
        "quizzes:category": {"category_title": "Weekly work", "category_weight": "40", "category_drop_lowest": "1"},
        "quizzes:hand-in": {"confirmed": "yes"},
        "quizzes:post-grades": {"posted": "yes"},
        "quizzes:allowance": {"reason": "Ill for a week.", "is_excused": "on", "idempotency_key": "r"},
        "quizzes:extra-time": {"extra_time_percent": "50"},
        "quizzes:gradebook-cell": {"do": "excuse", "reason": "Ill for a week.", "idempotency_key": "r"},
        "quizzes:submit": typed,
        "quizzes:draft": typed,
        "quizzes:correct": correction_form(version.payload) | {"right": "Put right.", "reason": "It was wrong."},
        "quizzes:apply-correction": {"policy": "new"},
        "review:rate": {"item": term.pk, "number": 1, "rating": 3},
        "review:go-on": {"position": 1},
        "review:start-interview": {"minutes": "20"},
        # Sent again, whatever kind the question is of: an interview draws its questions.
        "review:answer-interview": {"variant": str(interviewed.pk), "confidence": "sure", "idempotency_key": "r"},
        "review:moves": {"move": "load"},
        "review:ask": {"item": world.asked.item_id, "number": 1},
        "quizzes:regrades-seen": {"regrade": "1"},
        "quizzes:give-up": typed,
        "simulations:predict": named | interval,
        "simulations:request-run": named | {"parameters": CANONICAL, "requests": 1_000_000, "idempotency_key": "r"},
        "simulations:explain": explanation,
        "accounts:profile": {"profile-name": "Ada", "profile-time_zone": "Europe/Berlin"},
        "accounts:token-issue": {"token-name": "Notebook", "token-days": "30"},
        "accounts:erase": {"erase-password": PASSWORD, "erase-understood": "on"},
        "accounts:invitations": {"addresses": "new@school.example", "role": "learner"},
        "api-tokens": {"name": "Notebook", "days": 30},
        "api-predictions": named | interval,
        "api-prediction": explanation,
        "api-runs": named | {"requests": 1_000_000, "parameters": {"calls": 20}},
        "api-discoveries": named | {"experiment": "slow_median", "parameters": {"calls": 100, "slow_share": 0.01}},
        "api-attempts": {"offering": offering.slug, "item": world.questions[1]},
        "api-attempt-draft": answer | {"sequence": 2},
        "api-attempt-submit": answer | {"confidence": "sure"},
    }


def correction_form(payload: Mapping[str, Any]) -> dict[str, str]:
    """Return what a browser sends of the form of a question's key that nobody touched."""
    groups = editable_fields(parse_question(payload).definition)
    fields = [field for group in groups for field in group.fields]
    return {
        field.path: field.value if field.input is not Input.TICK else "on"
        for field in fields
        if field.input is not Input.TICK or field.is_ticked
    }


ROUTES: Mapping[str, Route] = {route.name: route for route in routes() if not route.is_admin}
"""Every named route but the admin's."""
