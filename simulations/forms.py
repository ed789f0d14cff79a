"""What the forms without script send, read into values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qsl

from django.http import QueryDict

from simulations.engine.parameters import Fault
from simulations.errors import InvalidInput

Number = TypeVar("Number", int, float)

SHOW_ME = "show"
MOST_PARAMETERS = 50
MOST_DIGITS = 6


def interval_of(form: QueryDict) -> tuple[float | None, float | None]:
    """Return low and high of a prediction, both None where the button "show me" was pressed; raises InvalidInput."""
    if SHOW_ME in form:
        return None, None
    return _number(form, "low", float), _number(form, "high", float)


def requests_of(form: QueryDict) -> int:
    """Return how many requests to draw; raises InvalidInput."""
    return _number(form, "requests", int)


def parameters_of(form: QueryDict) -> Mapping[str, object]:
    """Return the parameters that the form carries as a query; raises InvalidInput for more than any model has."""
    return parameters_in(form.get("parameters", ""))


def parameters_in(query: str) -> Mapping[str, object]:
    """Return the parameters of a query; raises InvalidInput for more than any model has."""
    try:
        return dict(parse_qsl(query, max_num_fields=MOST_PARAMETERS))
    except ValueError:
        message = f"parameters must be at most {MOST_PARAMETERS}; you gave more. Reload the page and send it again."
        raise InvalidInput((Fault("parameters", query[:60], message),)) from None


def page_of(given: str) -> int:
    """Return the number of the page asked for; the first where nothing sensible was."""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS else 1


def item_of(form: QueryDict) -> str | None:
    """Return the key of the item that the form belongs to, if it does."""
    return form.get("item") or None


def _number(form: QueryDict, name: str, kind: type[Number]) -> Number:
    text = form.get(name, "").strip().replace(",", "")
    try:
        return kind(text)
    except ValueError:
        shown = text[:60] or "nothing"
        message = f"{name} must be a number; you gave {shown}. Go back and enter it in digits."
        raise InvalidInput((Fault(name, shown, message),)) from None
