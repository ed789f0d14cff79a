"""Step one order through several services, let the coordinator die at any moment, and see how it ends.

A saga commits at each service in turn and undoes what was done if a later one refuses (Garcia-Molina and Salem, 1987);
meanwhile others see it half done. In two-phase commit all services prepare and keep their locks until they hear what
was decided (Gray, 1978), so a coordinator that dies keeps them locked until it is back. Each event is a call or a note
of the coordinator's; it is made to die after each of them in turn, comes back, and goes on from its notes. With steps
that each fail for good with probability p, a share 1 - (1 - p)^n of n-step orders has something refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulations.engine import parameters, words
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table
from simulations.engine.sagas import Change, Play, Protocol, play

_MOST_SERVICES = 6
_PROTOCOLS: Mapping[str, tuple[Protocol, str]] = {"saga": ("saga", "Saga"), "commit": ("commit", "Two-phase commit")}


@dataclass(frozen=True, slots=True)
class Parameters:
    """An order, the protocol, what the coordinator can rely on, and when it dies."""

    protocol: str = parameters.choice(
        "saga",
        options=tuple((name, label) for name, (_, label) in _PROTOCOLS.items()),
        label="Protocol",
        help="How the services come to the same outcome.",
    )
    services: int = parameters.number(
        3,
        minimum=2,
        maximum=_MOST_SERVICES,
        step=1,
        unit="",
        label="Services",
        help="That an order needs: to reserve, to charge, to confirm.",
        integer=True,
    )
    refusing: int = parameters.number(
        0,
        minimum=0,
        maximum=_MOST_SERVICES,
        step=1,
        unit="",
        label="Refused by",
        help="Number of the service that refuses for good; 0 for none.",
        integer=True,
    )
    dies_after: int = parameters.number(
        0,
        minimum=0,
        maximum=40,
        step=1,
        unit="",
        label="Dies after event",
        help="Number of the event after which the coordinator dies once; 0, or one that never comes, for not at all.",
        integer=True,
    )
    noted: bool = parameters.flag(
        default=True, label="Notes outlive it", help="The coordinator writes down each answer where it finds it again."
    )
    idempotent: bool = parameters.flag(
        default=True, label="Calls are recognised", help="A service that is called twice for one step does it once."
    )
    call: float = parameters.number(
        50.0,
        minimum=1,
        maximum=10_000,
        step=1,
        unit="ms",
        label="A call takes",
        help="From the coordinator to a service and back.",
        scale="log",
    )
    down: float = parameters.number(
        30.0,
        minimum=0.1,
        maximum=86_400,
        step=0.1,
        unit="s",
        label="It is down",
        help="From its death to its return; what is said of those who never return counts so long.",
        scale="log",
    )
    refusals: float = parameters.number(
        0.2,
        minimum=0,
        maximum=100,
        step=0.1,
        unit="%",
        label="Steps refused",
        help="Share of steps that fail for good, for the figures of a month.",
    )
    orders: float = parameters.number(
        100_000.0,
        minimum=1,
        maximum=1e9,
        step=1_000,
        unit="a month",
        label="Orders",
        help="For the same figures.",
        scale="log",
    )

    def faults(self) -> tuple[parameters.Fault, ...]:
        """Refuse a refusal by a service that the order does not need."""
        if self.refusing <= self.services:
            return ()
        given = words.shown(self.refusing)
        message = f"refusing must not exceed the {words.with_unit(str(self.services), 'services')}; you gave {given}."
        return (parameters.Fault("refusing", given, message),)

    @property
    def change(self) -> Change:
        """The order in the engine's own terms."""
        protocol, _ = _PROTOCOLS[self.protocol]
        return Change(
            protocol, self.services, self.refusing, self.noted, self.idempotent, self.call, 1_000.0 * self.down
        )


def evaluate(settings: Parameters) -> Result:
    """Return how the order ends, how long locks are held or half an order is seen, and the same for every death."""
    here = play(settings.change, settings.dies_after)
    count = len(play(settings.change).events)
    deaths = [play(settings.change, after) for after in range(1, count + 1)]
    figures = _figures(settings, here, deaths)
    return Result(
        figures=figures,
        charts=(_deaths_chart(settings, here, deaths), _steps_chart(settings)),
        tables=(_event_table(here), _death_table(deaths)),
        narrative=_narrative(settings, here, {figure.name: figure.value for figure in figures}),
    )


def cost(_: Parameters) -> Cost:
    """Return what evaluating takes at most: an order has few events, and there is nothing to run."""
    return Cost(4.0, 0.0, 4.0)


def _ends_well(course: Play) -> bool:
    return course.settled and not course.doubled


def _figures(settings: Parameters, here: Play, deaths: Sequence[Play]) -> tuple[Figure, ...]:
    well = sum(map(_ends_well, deaths))
    steps, share = settings.services, settings.refusals / 100.0
    refused = 1.0 - (1.0 - share) ** steps
    undone = sum((number - 1) * share * (1.0 - share) ** (number - 1) for number in range(1, steps + 1))
    return (
        Figure("well", "Deaths that end well", 100.0 * well / len(deaths), "%", "All done once, or nothing, by then."),
        Figure("locked", "Locks held", here.locked_ms / 1_000.0, "s", "The longest at any service, in this course."),
        Figure("split", "Half done", here.split_ms / 1_000.0, "s", "How long others can see one part without another."),
        Figure("doubled", "Done twice", float(here.doubled), "", "Services whose part was done, or undone, twice."),
        Figure("settled", "Ends", float(_ends_well(here)), words.YES_NO, "Whether all is done once, or nothing is."),
        Figure("takes", "Takes", here.time / 1_000.0, "s", "Until the last event of this course."),
        Figure("events", "Events", float(len(deaths)), "", "Calls and notes if nobody dies."),
        Figure(
            "refused", "Orders refused", settings.orders * refused, "a month", "At some step, which has to be seen to."
        ),
        Figure("undone", "Steps to undo", settings.orders * undone, "a month", "Compensations that a saga makes."),
    )


def _deaths_chart(settings: Parameters, here: Play, deaths: Sequence[Play]) -> Chart:
    numbers = tuple(float(number) for number in range(1, len(deaths) + 1))
    worst = tuple(max(course.locked_ms, course.split_ms) / 1_000.0 for course in deaths)
    badly = [place for place, course in enumerate(deaths) if not _ends_well(course)]
    down = Series("down", "it is down", (0.0, len(deaths) + 1.0), (settings.down, settings.down))
    series = [Series("burden", "borne", numbers, worst, "bars"), down]
    if badly:
        series.append(
            Series(
                "badly",
                "does not end well",
                tuple(numbers[place] for place in badly),
                tuple(worst[place] for place in badly),
                "dots",
            )
        )
    if 1 <= settings.dies_after <= len(deaths):
        at = float(settings.dies_after)
        series.append(Series("here", "this setting", (at,), (max(here.locked_ms, here.split_ms) / 1_000.0,), "dots"))
    return Chart(
        name="deaths",
        title="Dying at every moment",
        x=Axis("dies after event", "", "linear"),
        y=Axis("others wait or see half", "s", "linear"),
        series=tuple(series),
        caption="Two-phase commit makes others wait, a saga lets them see half; either lasts for as long as the "
        "coordinator is down.",
    )


def _steps_chart(settings: Parameters) -> Chart:
    steps = tuple(float(number) for number in range(1, 21))
    share = settings.refusals / 100.0
    return Chart(
        name="steps",
        title="Orders that are refused",
        x=Axis("services", "", "linear"),
        y=Axis("orders refused somewhere", "%", "linear"),
        series=(
            Series("refused", "refused", steps, tuple(100.0 * (1.0 - (1.0 - share) ** number) for number in steps)),
            Series(
                "here",
                "this setting",
                (float(settings.services),),
                (100.0 * (1.0 - (1.0 - share) ** settings.services),),
                "dots",
            ),
        ),
        caption="Undoing is no exception: each step adds nearly its own share.",
    )


def _event_table(course: Play) -> Table:
    return Table(
        name="events",
        caption="What happens, in order; a number is the service's.",
        columns=("event", "after, ms", "who", "what"),
        rows=tuple(
            (number, event.time, f"service {event.service}" if event.service else "coordinator", event.what)
            for number, event in enumerate(course.events, 1)
        ),
    )


def _death_table(deaths: Sequence[Play]) -> Table:
    return Table(
        name="deaths",
        caption="The same order, the coordinator dying after each event in turn.",
        columns=("dies after", "ends", "done twice", "locks held, s", "half done, s"),
        rows=tuple(
            (number, _ending(course), course.doubled, course.locked_ms / 1_000.0, course.split_ms / 1_000.0)
            for number, course in enumerate(deaths, 1)
        ),
    )


def _ending(course: Play) -> str:
    if course.held_since:
        return "locked for good"
    if course.doubled:
        return "done twice"
    if not course.settled:
        return "half done for good"
    return "all done" if course.effects[0] else "nothing done"


def _narrative(settings: Parameters, here: Play, value: Mapping[str, float]) -> str:
    _, label = _PROTOCOLS[settings.protocol]
    refused = f"service {settings.refusing} refuses" if settings.refusing else "none refuses"
    dies = (
        f"The coordinator dies after event {settings.dies_after}"
        if 1 <= settings.dies_after <= value["events"]
        else "The coordinator lives"
    )
    return (
        f"{label} over {words.counted(settings.services, 'services')}; {refused}. {dies}, and the order ends "
        f"{_ending(here)}. Locks are "
        f"held for {value['locked']:,.2f} s at most, and for {value['split']:,.2f} s others can see it half done. Of "
        f"{value['events']:.0f} moments to die at, {words.percent(value['well'])} end well. With "
        f"{words.percent(settings.refusals)} of steps refused, "
        f"{words.counted(value['refused'], 'orders a month are', 'order a month is')}."
    )


EXPERIMENTS = (
    Experiment(
        name="locked_out",
        title="Prepared, and waiting",
        goal="Let a death of the coordinator keep a service locked for 10 s or more, and the order still end well.",
        holds=lambda _, result: result.figure("locked").value >= 10.0 and result.figure("settled").value == 1.0,
    ),
    Experiment(
        name="charged_twice",
        title="Charged twice",
        goal="Find a moment to die at which a service does its part twice.",
        holds=lambda _, result: result.figure("doubled").value >= 1.0,
    ),
    Experiment(
        name="every_moment_but",
        title="Nobody remembers",
        goal="Take something from the coordinator so that fewer than half of its deaths end well.",
        holds=lambda p, result: p.protocol == "commit" and result.figure("well").value < 50.0,
    ),
    Experiment(
        name="seen_half_done",
        title="Half an order in the shop window",
        goal="Let an order that ends well be seen half done for 10 s or more.",
        holds=lambda _, result: result.figure("split").value >= 10.0 and result.figure("settled").value == 1.0,
    ),
)

PRESETS = (
    Preset("saga", "A saga of three", {}),
    Preset("refused", "The last step is refused", {"refusing": 3}),
    Preset("dies", "Dies after the first charge", {"dies_after": 4}),
    Preset("twice", "The same, and calls not recognised", {"dies_after": 4, "idempotent": False}),
    Preset("commit", "Two-phase commit", {"protocol": "commit"}),
    Preset("locked", "All prepared, and it dies", {"protocol": "commit", "dies_after": 4}),
    Preset("forgotten", "The same, and nothing was noted", {"protocol": "commit", "dies_after": 4, "noted": False}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="locked_while_down",
        question="Two-phase commit over three services, a call takes 50 ms. The coordinator dies when all three have "
        "prepared and is back after 30 s. How long does the first service hold its locks?",
        figure="locked",
        unit="s",
        minimum=0.01,
        maximum=1_000.0,
        scale="log",
        parameters={"protocol": "commit", "dies_after": 4},
    ),
    PredictionPrompt(
        name="refused_a_month",
        question="An order takes three steps, each refused for good one time in 500. Of 100,000 orders a month, how "
        "many have something refused?",
        figure="refused",
        unit="a month",
        minimum=1.0,
        maximum=100_000.0,
        scale="log",
        parameters={},
    ),
)

MODEL = Model(
    name="saga",
    title="Saga and two-phase commit",
    summary="One order over several services, and a coordinator that dies at any moment: who waits, who sees half.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
)
