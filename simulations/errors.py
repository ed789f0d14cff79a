"""What can go wrong with a simulation, in words for the person who asked; nothing here knows the web."""

from __future__ import annotations

from collections.abc import Iterable

from simulations.engine.parameters import Fault


class SimulationsError(Exception):
    """Base of this app's errors: a message to show, and the faults of single inputs where there are any."""

    faults: tuple[Fault, ...] = ()


class InvalidInput(SimulationsError):
    """Raised when values given cannot be used; carries every fault at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(fault.message for fault in self.faults))


class UnknownModel(SimulationsError):
    """Raised when no model has the name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no simulation called {name[:60]!r}; there are {', '.join(known)}.")


class FormatNotOffered(SimulationsError):
    """Raised when an address is asked in a format that it does not speak."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f"This address answers in JSON alone, and was asked for {given!r}. Leave format out, or say json."
        )


class TooCostly(SimulationsError):
    """Raised when a state would take longer to evaluate than a page may wait."""

    def __init__(self, *, model: str, milliseconds: float, limit: float) -> None:
        super().__init__(
            f"{model} with these values takes about {milliseconds:,.0f} ms, and a page waits for {limit:,.0f} ms "
            "at most. Ask for it as a run, which is worked off in the background."
        )


class NotRunnable(SimulationsError):
    """Raised when a run is asked of a model that draws nothing."""

    def __init__(self, model: str) -> None:
        super().__init__(f"{model} is exact and draws no requests, so there is nothing to run. Open its page instead.")


class RunNotFound(SimulationsError):
    """Raised when a run does not exist, or not for this person."""

    def __init__(self) -> None:
        super().__init__("There is no such run among yours. It may be somebody else's, or the address is incomplete.")


class PredictionNotFound(SimulationsError):
    """Raised when a prediction does not exist, or not for this person."""

    def __init__(self) -> None:
        super().__init__("There is no such prediction among yours. Open the simulation and commit one.")


class InvalidChallenge(SimulationsError):
    """Raised when a challenge's link was not made by this site, or asks what is no longer asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} Ask whoever sent it for a new one, or open the simulation and commit your own.")


class NotYours(SimulationsError):
    """Raised when somebody who may look tries to change."""

    def __init__(self, what: str) -> None:
        super().__init__(f"This {what} belongs to a learner: you may look at it, and only they can change it.")


class TooManyRuns(SimulationsError):
    """Raised when an enrolment has as many unfinished runs as it may."""

    def __init__(self, *, unfinished: int, limit: int) -> None:
        super().__init__(
            f"You have {unfinished} runs that are not finished, and {limit} is the most. "
            "Wait for one to finish, or cancel one."
        )


class KeyReused(SimulationsError):
    """Raised when an idempotency key comes back with another request."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The key {key!r} was used before for a run with other values. Send a new key for a new run.")


class NotDiscovered(SimulationsError):
    """Raised when the values given do not show what an experiment asks for."""

    def __init__(self, *, title: str, goal: str) -> None:
        super().__init__(f"These values do not show “{title}” yet. What it asks for: {goal}")
