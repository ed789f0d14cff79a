"""Runs as they are shown: how far, how long, what came of it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Person
from lessons.catalogue.models import Enrolment
from lessons.catalogue.prepared import Prepared
from simulations.engine import parameters as inputs
from simulations.engine.model import Model
from simulations.errors import RunNotFound
from simulations.models import Computation, ComputationShard, Run
from simulations.policy import model_named, read_state, sampler_of
from simulations.selectors.evaluation import ShownFigure, duration, shown_figures
from simulations.selectors.numbers import chosen

State = Computation.State

RUNS_A_PAGE = 20

QUEUE_UNREACHABLE = "The queue is not reachable. Your run is kept and starts by itself when it is."


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a computation is, in requests; `remaining_seconds` is unknown until something is done."""

    done: int
    total: int
    elapsed_seconds: float | None
    remaining_seconds: float | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with the progress and result of its computation; `digest` names the bytes of the result."""

    id: uuid.UUID
    model: str
    title: str
    parameters: Mapping[str, str]
    requests: int
    shards: int
    seed: int
    state: str
    progress: Progress
    result: Mapping[str, Any] | None
    digest: str | None
    message: str
    generation: int
    offering: str
    own: bool

    @property
    def url(self) -> str:
        """The run's page."""
        return f"/runs/{self.id}/"

    @property
    def figures(self) -> tuple[ShownFigure, ...]:
        """The result's figures as they are written; none before there is a result."""
        return () if self.result is None else shown_figures(self.result)

    @property
    def setting(self) -> tuple[tuple[str, str], ...]:
        """Its parameters as a reader knows them, each by its label; one that the model has no more stands as it was."""
        fields = {str(field["name"]): field for field in inputs.describe(model_named(self.model).parameters)}
        return tuple(
            (str(fields[name]["label"]), chosen(fields[name], text)) if name in fields else (name, text)
            for name, text in self.parameters.items()
        )

    @property
    def unfinished(self) -> bool:
        """Whether there is still something to wait for."""
        return self.state in {State.QUEUED, State.RUNNING}

    @property
    def restartable(self) -> bool:
        """Whether it ended without a result."""
        return self.state in {State.CANCELLED, State.FAILED}

    @property
    def percent_done(self) -> int:
        """The share of requests drawn, rounded down."""
        return 100 * self.progress.done // self.progress.total

    @property
    def etag(self) -> str:
        """A weak tag that changes whenever anything but the clock does."""
        seen = f"{self.id}/{self.generation}/{self.state}/{self.progress.done}/{self.message}"
        return f'W/"{hashlib.sha256(seen.encode()).hexdigest()[:32]}"'

    def to_json(self) -> dict[str, object]:
        """Return the run as the API shows it."""
        return {
            "id": str(self.id),
            "model": self.model,
            "parameters": dict(self.parameters),
            "state": self.state,
            "done": self.progress.done,
            "total": self.progress.total,
            "requests": self.requests,
            "elapsed_seconds": self.progress.elapsed_seconds,
            "remaining_seconds": self.progress.remaining_seconds,
            "result": None if self.result is None else dict(self.result),
            "message": self.message,
            "seed": self.seed,
            "digest": self.digest,
            "url": self.url,
        }


@dataclass(frozen=True, slots=True)
class RunEmbed:
    """A heavy run that a page offers, its model, parameters and size fixed by the author."""

    key: str
    model: str
    parameters: Mapping[str, object]
    requests: int


@dataclass(frozen=True, slots=True)
class Panel:
    """What a page shows of an offered run: the offer, and the person's latest run of it."""

    key: str
    model: str
    title: str
    parameters: Mapping[str, str]
    requests: int
    estimated_seconds: float
    offering: str
    item: str | None
    run: RunView | None
    idempotency_key: uuid.UUID

    @property
    def requests_text(self) -> str:
        """The size as it is written."""
        return f"{self.requests:,}"

    @property
    def duration(self) -> str:
        """How long one worker takes."""
        return duration(self.estimated_seconds)

    @property
    def page_url(self) -> str:
        """The model's page in this state."""
        return f"/simulations/{self.model}/?{self.query}"

    @property
    def query(self) -> str:
        """The parameters as a URL query, as the form without script sends them."""
        return urlencode(self.parameters)

    @property
    def data_id(self) -> str:
        """The id of the element that carries `to_json` for the script."""
        return f"run-{self.key.replace('/', '-')}"

    def to_json(self) -> dict[str, object]:
        """Return the panel as the page's script reads it."""
        return {
            "panel": {
                "model": self.model,
                "title": self.title,
                "parameters": dict(self.parameters),
                "requests": self.requests,
                "estimated_seconds": self.estimated_seconds,
                "offering": self.offering,
                "item": self.item,
            },
            "run": None if self.run is None else self.run.to_json(),
        }


def estimated_seconds(model: str, parameters: Mapping[str, object], requests: int) -> float:
    """Return about how long one worker takes: a shard lasts about a second. Raises NotRunnable, InvalidInput."""
    state = read_state(model, parameters)
    return round(requests / sampler_of(state.model).shard_size(state.parameters), 1)


def run_view(*, person: Person | None, run_id: uuid.UUID, now: datetime) -> RunView:
    """Return a run that the person may see, in one query; raises RunNotFound."""
    run = _with_progress(Run.objects.visible_to(person)).select_related("enrolment__offering").filter(pk=run_id).first()
    if run is None:
        raise RunNotFound
    return _view(run, person=person, now=now)


@dataclass(frozen=True, slots=True)
class RunsPage:
    """One page of a person's runs, the latest first; `pages` is 1 where there is none."""

    runs: tuple[RunView, ...]
    page: int
    pages: int
    total: int

    def to_json(self) -> dict[str, object]:
        """Return the page as the API shows it: each run without its result, which its own address has."""
        rows = [{name: value for name, value in run.to_json().items() if name != "result"} for run in self.runs]
        return {"page": self.page, "pages": self.pages, "total": self.total, "runs": rows}


def runs_of(*, person: Person, page: int, now: datetime) -> RunsPage:
    """Return a page of the person's own runs, in two queries; a page beyond the last is the last."""
    own = Run.objects.filter(enrolment__person=person)
    total = own.count()
    pages = max(-(-total // RUNS_A_PAGE), 1)
    page = min(max(page, 1), pages)
    start = (page - 1) * RUNS_A_PAGE
    rows = (
        _with_progress(own)
        .select_related("enrolment__offering")
        .defer("computation__result")
        .order_by("-created_at", "-pk")[start : start + RUNS_A_PAGE]
    )
    runs = tuple(_view(run, person=person, now=now, with_result=False) for run in rows)
    return RunsPage(runs=runs, page=page, pages=pages, total=total)


def progress_of(run: Run, *, now: datetime) -> Progress:
    """Return how far a run is; one query unless the row was read with its progress."""
    if not hasattr(run, "done"):
        run = _with_progress(Run.objects.all()).get(pk=run.pk)
    computation = run.computation
    done, lately = run.done, run.done_since_start  # type: ignore[attr-defined]
    if computation.started_at is None:
        return Progress(done, computation.requests, None, None)
    elapsed = max(((computation.finished_at or now) - computation.started_at).total_seconds(), 0.0)
    rest = computation.requests - done
    remaining = 0.0 if rest == 0 else round(elapsed * rest / lately, 1) if lately else None
    return Progress(done, computation.requests, round(elapsed, 1), remaining)


def panel_of(run: RunView) -> Panel:
    """Return a run as a panel of its own."""
    return Panel(
        key=str(run.id),
        model=run.model,
        title=run.title,
        parameters=run.parameters,
        requests=run.requests,
        estimated_seconds=float(run.shards),
        offering=run.offering,
        item=None,
        run=run,
        idempotency_key=uuid.uuid4(),
    )


def panels_on_page(
    *, person: Person | None, enrolment: Enrolment | None, embeds: Sequence[RunEmbed], offering_slug: str, now: datetime
) -> dict[str, Panel]:
    """Return every offered run of a page by its key, in one query for an enrolment and none without."""
    latest: dict[str, RunView] = {}
    if enrolment is not None and embeds:
        for run in _LATEST.rows(enrolment.pk, [embed.key for embed in embeds]):
            run.enrolment = enrolment
            latest[run.item_key] = _view(run, person=person, now=now)  # type: ignore[attr-defined]
    return {
        embed.key: Panel(
            key=embed.key,
            model=embed.model,
            title=model_named(embed.model).title,
            parameters=read_state(embed.model, embed.parameters).canonical,
            requests=embed.requests,
            estimated_seconds=estimated_seconds(embed.model, embed.parameters, embed.requests),
            offering=offering_slug,
            item=embed.key,
            run=latest.get(embed.key),
            idempotency_key=uuid.uuid4(),
        )
        for embed in embeds
    }


def _latest(enrolment_id: uuid.UUID, item_keys: list[str]) -> QuerySet[Run]:
    return (
        _with_progress(Run.objects.filter(enrolment=enrolment_id, item__key__any_of=item_keys))
        .annotate(item_key=F("item__key"))
        .order_by("item__key", "-created_at")
        .distinct("item__key")
    )


_LATEST: Final = Prepared(_latest, uuid.UUID, list[str])


def _with_progress(runs: QuerySet[Run]) -> QuerySet[Run]:
    shards = ComputationShard.objects.filter(computation=OuterRef("computation")).values("computation").order_by()
    since_start = Sum("requests", filter=Q(finished_at__gte=F("computation__started_at")))
    return runs.select_related("computation").annotate(
        done=Coalesce(Subquery(shards.annotate(sum=Sum("requests")).values("sum")), 0),
        done_since_start=Coalesce(Subquery(shards.annotate(sum=since_start).values("sum")), 0),
    )


def _view(run: Run, *, person: Person | None, now: datetime, with_result: bool = True) -> RunView:
    computation = run.computation
    model = model_named(computation.model)
    state = State.CANCELLED if run.cancelled_at else State(computation.state)
    progress = progress_of(run, now=now)
    return RunView(
        id=run.pk,
        model=computation.model,
        title=model.title,
        parameters=_in_declared_order(model, computation.parameters),
        requests=computation.requests,
        shards=computation.shards,
        seed=computation.seed,
        state=state.value,
        progress=progress,
        result=computation.result if with_result and state is State.SUCCEEDED else None,
        digest=computation.result_digest or None if state is State.SUCCEEDED else None,
        message=_message(computation, state, progress),
        generation=computation.generation,
        offering=run.enrolment.offering.slug,
        own=person is not None and run.enrolment.person_id == person.pk,
    )


def _in_declared_order(model: Model, stored: Mapping[str, str]) -> dict[str, str]:
    """Return stored parameters in the model's order; they are not checked again, since history stands as it was."""
    declared = [str(field["name"]) for field in inputs.describe(model.parameters)]
    return {name: stored[name] for name in [*declared, *stored] if name in stored}


def _message(computation: Computation, state: State, progress: Progress) -> str:
    """Return what the state means for the person and what they can do, in a sentence or two."""
    if state is State.CANCELLED:
        return (
            f"Cancelled with {progress.done:,} of {progress.total:,} requests drawn. "
            "They are kept: restarting goes on from there."
        )
    if state is State.FAILED:
        return computation.failure
    if state is State.SUCCEEDED:
        return f"{progress.total:,} requests drawn."
    if computation.enqueued_at is None:
        return QUEUE_UNREACHABLE
    if state is State.QUEUED:
        return "Waiting for a worker. It starts by itself; you may leave this page."
    return f"{progress.done:,} of {progress.total:,} requests drawn. You may leave this page; the run goes on."
