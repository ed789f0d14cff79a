"""Queries that are composed once and asked many times.

The ORM writes a query anew each time that it is asked, which takes several times as long as to run it. Where one stands
on the path of every page or answer and differs in nothing but its parameters, it is composed the first time, and what
the database is sent is kept. The rule that it follows stays where it is, in the querysets that compose it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from functools import cached_property
from secrets import token_hex
from typing import Any, Final, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import connections
from django.db.models import Field, Lookup, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")

STAND_INS: Final[dict[Any, Callable[[], Any]]] = {
    UUID: uuid4,
    str: token_hex,
    list[UUID]: lambda: [uuid4()],
    list[str]: lambda: [token_hex()],
}
"""What stands for a parameter while a query is composed: a value that nothing else in it has."""


class Prepared(Generic[Row]):
    """A query with the kinds of its parameters, composed by a function of them.

    Whatever else the function reads stays as it was the first time: nothing that changes may go into it but by its
    parameters. Of these each has to arrive in the query as it was given, so a person is given by their id, and one of
    several values is asked for with `any_of`, since `in` writes another query for each number of them.
    """

    def __init__(self, compose: Callable[..., QuerySet[Any, Row]], *kinds: Any) -> None:
        self._compose = compose
        self._kinds = kinds

    def rows(self, *values: Any) -> list[Row]:
        """Ask it with these parameters and return what the queryset would; one query."""
        queryset, composed, sql, places = self._composed
        parameters = tuple(values[place] if place is not None else constant for place, constant in places)
        compiler = copy(composed)
        compiler.connection = connections[queryset.db]
        compiler.as_sql = lambda *_, **__: (sql, parameters)  # type: ignore[method-assign]
        asked = queryset.all()
        asked.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return list(asked)

    @cached_property
    def _composed(self) -> tuple[QuerySet[Any, Row], SQLCompiler, str, list[tuple[int | None, Any]]]:
        """Return the queryset, what reads its rows, its SQL, and for each place a parameter's number or a constant."""
        stand_ins = [STAND_INS[kind]() for kind in self._kinds]
        queryset = self._compose(*stand_ins)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        compiler.get_converters = lambda _: converters
        places = [
            (next((place for place, stand_in in enumerate(stand_ins) if stand_in == parameter), None), parameter)
            for parameter in parameters
        ]
        missing = set(range(len(stand_ins))) - {place for place, _ in places}
        if missing:
            raise AssertionError(f"parameters {sorted(missing)} do not arrive in the query {sql}")
        return queryset, compiler, sql, places


@Field.register_lookup
class AnyOf(Lookup):
    """Whether a column is one of several values, which the database gets as one: the same query for any number."""

    lookup_name = "any_of"

    def get_prep_lookup(self) -> list[Any]:
        """Return the values as a list."""
        values: Iterable[Any] = self.rhs
        return list(values)

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return one placeholder, and the list that goes there."""
        return "%s", (value,)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return `column = ANY(values)`."""
        left, left_parameters = self.process_lhs(compiler, connection)
        right, right_parameters = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*left_parameters, *right_parameters)
