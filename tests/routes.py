"""Every address of the site, read from the URL resolver, so that no list of them has to be kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from simulations import engine
from simulations.engine.parameters import canonical_query
from simulations.engine.registry import MODELS
from tests.world import CHAPTER, MODEL, World

CANONICAL = canonical_query(MODELS[MODEL].parameters())


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
    def is_log_in(self) -> bool:
        """Whether it is one of allauth's."""
        return self.name.startswith("account_")

    def address(self, world: World, relation: str, *, question: str | None = None) -> str:
        """Return the address with the world's objects in it; of a question it is the second, unless told."""
        known = arguments(world, relation)
        keys = {"reading": CHAPTER, "quizzes": question or world.questions[1]}
        known["key"] = keys.get(self.name.partition(":")[0], "no-such-key")
        address = reverse(self.name, kwargs={name: known[name] for name in self.parameters})
        return f"{address}?{CANONICAL}" if self.name == "api-evaluate" else address


def routes() -> Iterator[Route]:
    """Yield every route there is."""
    yield from _routes(get_resolver(), prefix="", namespace="")


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
        "uidb36": "0",
        "run_id": world.run.pk,
        "prediction_id": world.prediction.pk,
        "attempt_id": world.attempt.pk,
        "token_id": world.token.pk,
        "cohort_id": world.cohort.pk,
        "invitation_id": world.invitation.pk,
        "token": world.invitation_link,
    }
