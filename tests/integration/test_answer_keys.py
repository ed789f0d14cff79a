"""No page and no answer of the API tells what is still to be found out: keys, other options' feedback, truths.

Every address that can be looked at is read as somebody with an open attempt at every question, each begun with a wrong
try, and no prediction locked; and as a visitor, who meets the common preview. Only the evaluation of a model's state
is public by design.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from lessons.catalogue.models import Enrolment, ItemVersion
from lessons.catalogue.services import enrol
from quizzes import services
from quizzes.models import Attempt, Step, Variant
from quizzes.policy import VISITOR_SEED
from quizzes.selectors import question_of
from simulations.engine.registry import MODELS
from simulations.policy import read_state
from tests.architecture.rules import rules
from tests.routes import ROUTES
from tests.world import PEER, VISITOR, World

pytestmark = pytest.mark.django_db

PUBLIC = frozenset({"api-evaluate"})
KEY_FIELDS = ("tolerance", "misconceptions", "right_html", "answer_text", "feedback_html")
"""Names of a key's fields, which no JSON of ours may carry."""

TELLING_DIGITS = 7

EMBEDDED = re.compile(r'<script id="[^"]+" type="application/json">(.*?)</script>', re.DOTALL)
INSTRUMENT = re.compile(r"<headroom-instrument.*?</headroom-instrument>", re.DOTALL)


@pytest.fixture(scope="module")
def tried(world: World, django_db_blocker: Any) -> Enrolment:
    """The peer's enrolment, with a wrong try at every question that allows another."""
    with django_db_blocker.unblock():
        return _tried(world)


def _tried(world: World) -> Enrolment:
    peer, now = world.people[PEER], timezone.now()
    enrolment = enrol(person=peer, offering=world.offerings["cohort"], now=now)
    for key in world.questions:
        attempt = services.open_attempt(enrolment=enrolment, item_key=key, actor=peer, now=now)
        variant = attempt.variants.get()
        question = question_of(variant.version)
        services.submit_step(
            attempt_id=attempt.pk,
            actor=peer,
            variant_id=variant.pk,
            idempotency_key="wrong",
            answer=question.examples(question.draw(variant.seed)).wrong[0][1],
            confidence="sure",
            now=now,
        )
    assert not Step.objects.filter(attempt__enrolment=enrolment, outcome="correct").exists()
    return enrolment


def read_as(actor: str, world: World, attempts: list[Attempt]) -> Iterator[tuple[str, str]]:
    """Yield every address that the actor can look at, with what it says."""
    looks = {(rule.route, rule.relation) for rule in rules() if rule.method == "GET" and rule.route not in PUBLIC}
    addresses = {f"/simulations/{model}/" for model in MODELS}
    for name, relation in looks:
        route = ROUTES[name]
        addresses.add(route.address(world, relation))
        if "key" in route.parameters:
            addresses |= {route.address(world, relation, question=key) for key in world.questions}
        if "attempt_id" in route.parameters:
            addresses |= {route.address(replace(world, attempt=attempt), relation) for attempt in attempts}
    for address in sorted(addresses):
        cache.clear()
        answer = world.browsers[actor].get(address)
        assert answer.status_code < 500, address
        if answer.status_code == 200 and not answer.headers["Content-Type"].startswith("image/"):
            yield address, answer.content.decode()


def secrets_of(key: dict[str, Any], *, is_tried: bool = False, worked: int = 0) -> set[str]:
    """Return what a key holds that must not be told; the value of numbers that were tried follows from them.

    Of a chain's steps the first so many are worked for whoever meets it first, and asked at a later try.
    """
    secrets = {key["solution_html"], key.get("right_html", "")}
    secrets |= {option["feedback_html"] for option in key.get("options", {}).values()}
    secrets |= {misconception["feedback_html"] for misconception in key.get("misconceptions", ())}
    asked = list(key.get("parts", {}).values())[worked:]
    for part in asked:
        wrong = part.get("misconceptions", ())
        secrets |= {part["why_html"]}
        secrets |= {each["feedback_html"] for each in (wrong.values() if isinstance(wrong, dict) else wrong)}
    if not is_tried and is_telling(str(key.get("value", ""))):
        secrets.add(str(key["value"]))
    return secrets - {""}


def is_telling(value: str) -> bool:
    """Return whether a number has so many digits that it stands nowhere by chance; ten million has one that tells."""
    digits = "".join(re.findall(r"\d", value.lower().partition("e")[0]))
    return len(digits.strip("0")) >= TELLING_DIGITS


def assert_tells_none_of(secrets: set[str], pages: dict[str, str]) -> None:
    """Hold every page, as written and as script reads it, to telling none of the secrets."""
    assert len(pages) > 20
    assert secrets
    lines = {line for text in pages.values() for written in writings_of(text) for line in written.splitlines()}
    everything = "\n".join(lines)
    for secret in secrets:
        # Pages have most of their lines in common, so each line is searched once; a secret may have several.
        if max(secret.splitlines(), key=len) in everything:
            told = [address for address, text in pages.items() if any(secret in one for one in writings_of(text))]
            assert told == [], secret
    for address, text in pages.items():
        documents = EMBEDDED.findall(text) + ([text] if text.startswith(("{", "[")) else [])
        names = {name for document in documents for name in names_in(json.loads(document))}
        assert not names.intersection(KEY_FIELDS), address


def writings_of(text: str) -> tuple[str, ...]:
    """Return a page as it is sent, and as HTML and script read it."""
    return text, html.unescape(text), text.encode().decode("unicode_escape", "ignore")


def names_in(document: object) -> Iterator[str]:
    """Yield every name of a JSON document's objects."""
    if isinstance(document, dict):
        yield from document
    inner = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    for value in inner:
        yield from names_in(value)


class TestPages:
    @pytest.mark.parametrize("actor", [PEER, VISITOR])
    def test_tell_neither_a_key_nor_a_truth(self, actor: str, tried: Enrolment, world: World):
        attempts = list(tried.attempts.filter(state=Attempt.State.OPEN)) if actor == PEER else []
        secrets = _secrets_with_tries_left(attempts) if actor == PEER else _secrets_of_previews(world)
        assert actor == VISITOR or len(attempts) > len(world.questions) / 2
        pages = dict(read_as(actor, world, attempts))
        assert_tells_none_of(secrets, pages)
        assert_tells_no_truth(pages)


class TestFeedback:
    def test_says_nothing_of_options_that_were_not_picked(self, tried: Enrolment):
        judged = 0
        for step in Step.objects.filter(attempt__enrolment=tried):
            picked = {step.answer.get("choice"), *step.answer.get("choices", ())}
            judged += len(step.feedback["options"])
            assert set(step.feedback["options"]) <= picked, step.attempt.item
        assert judged


def assert_tells_no_truth(pages: dict[str, str]) -> None:
    """Hold every instrument that still asks for a prediction to telling nothing of what comes out."""
    truths = dict(_truths())
    asked = 0
    for address, text in pages.items():
        for instrument in (json.loads(document) for document in EMBEDDED.findall(text)):
            if instrument.get("prediction_prompt"):
                asked += 1
                assert (instrument["prediction"], instrument["result"]) == (None, None), address
                truth = truths[instrument["model"], instrument["prediction_prompt"]["name"]]
                assert not is_telling(truth) or truth not in text, address
        for shown in INSTRUMENT.findall(text):
            assert 'name="low"' not in shown or "<table" not in shown, address
    assert asked >= 3


def _secrets_with_tries_left(attempts: list[Attempt]) -> set[str]:
    """Return what somebody with these attempts may not be told yet."""
    variants = Variant.objects.filter(attempt__in=attempts).select_related("step")
    secrets = set().union(
        *(secrets_of(each.key, is_tried=hasattr(each, "step"), worked=_worked_in(each.version)) for each in variants)
    )
    said = [text for each in variants if hasattr(each, "step") for text in _said_of(each.step)]
    return {secret for secret in secrets if not any(secret in text for text in said)}


def _secrets_of_previews(world: World) -> set[str]:
    """Return what a visitor may not be told of the common previews."""
    versions = world.offerings["open"].revision.versions.filter(item__key__in=world.questions)
    keys = [(question_of(version).draw(VISITOR_SEED).key, _worked_in(version)) for version in versions]
    return set().union(*(secrets_of(key, worked=worked) for key, worked in keys))


def _worked_in(version: ItemVersion) -> int:
    """Return how many steps a question shows worked at first."""
    return int(getattr(question_of(version).definition, "given", 0))


def _said_of(step: Step) -> Iterator[str]:
    """Yield what is known of a wrong try: one's own answer, what was said of it, and of each option that was picked.

    One's own wrong answer to a question may be the right one to another, whose figures were drawn alike.
    """
    yield json.dumps(step.answer)
    yield step.feedback["html"]
    yield from step.feedback["options"].values()
    yield from (part["html"] for part in step.feedback["parts"].values())


def _truths() -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the truth of every prompt as it is computed, by model and prompt."""
    for model in MODELS.values():
        for prompt in model.predictions:
            state = read_state(model.name, prompt.parameters)
            yield (model.name, prompt.name), str(model.evaluate(state.parameters).figure(prompt.figure).value)
