"""SQL that is written once, for the few reads that every answer makes: its rows come back as the models they are of.

The ORM writes a query anew each time that it is asked, which takes longer than to run it; where a read stands on the
path of every answer and never differs but in its parameters, it is worth being written down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, cached_property
from typing import Any

from django.db import connection
from django.db.models import AutoField, Model

Rows = list[tuple[Any, ...]]


class Statement:
    """A statement in which `{alias}` stands for all columns of a model whose table has that alias.

    The models stand first in what it selects, in the order in which they are given here.
    """

    def __init__(self, sql: str, **models: type[Model]) -> None:
        self._template = sql
        self._models = models

    def rows(self, *parameters: Any) -> Rows:
        """Run it and return its rows: an instance of each model, None where an outer join found none, then the rest."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, parameters)
            return [self._read(row) for row in cursor.fetchall()]

    def run(self, *parameters: Any) -> None:
        """Run one that returns nothing."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, parameters)

    @cached_property
    def _sql(self) -> str:
        quoted = connection.ops.quote_name
        columns = {
            alias: ", ".join(f"{alias}.{quoted(str(field.column))}" for field in model._meta.concrete_fields)
            for alias, model in self._models.items()
        }
        return self._template.format(**columns)

    @cached_property
    def _readers(self) -> tuple[Callable[[Sequence[Any]], Model | None], ...]:
        readers = []
        start = 0
        for model in self._models.values():
            readers.append(_reader(model, start))
            start += len(model._meta.concrete_fields)
        return tuple(readers)

    @cached_property
    def _width(self) -> int:
        return sum(len(model._meta.concrete_fields) for model in self._models.values())

    def _read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return (*(read(row) for read in self._readers), *row[self._width :])


def _reader(model: type[Model], start: int) -> Callable[[Sequence[Any]], Model | None]:
    """Return what makes an instance of the columns of a row from `start` on."""
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    key = start + next(index for index, field in enumerate(fields) if field.primary_key)
    converted = [
        (index, field.cached_col, field.get_db_converters(connection))
        for index, field in enumerate(fields)
        if field.get_db_converters(connection)
    ]

    def read(row: Sequence[Any]) -> Model | None:
        if row[key] is None:
            return None
        values = list(row[start : start + len(fields)])
        for index, column, converters in converted:
            for convert in converters:
                values[index] = convert(values[index], column, connection)
        return model.from_db(connection.alias, names, values)

    return read


def insert(row: Model) -> None:
    """Insert a new row as it stands, its key given by the database where it has none; sends no signal."""
    statement, fields = _insert(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        if row.pk is None:
            ((row.pk,),) = cursor.fetchall()
    row._state.adding, row._state.db = False, connection.alias


@cache
def _insert(model: type[Model]) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that inserts a row of a model, and the fields that it takes."""
    options, quoted = model._meta, connection.ops.quote_name
    key = options.pk
    is_given = not isinstance(key, AutoField)
    fields = tuple(field for field in options.concrete_fields if is_given or field is not key)
    columns, places = ", ".join(quoted(str(field.column)) for field in fields), ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quoted(options.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - names alone
    return statement if is_given else f"{statement} RETURNING {quoted(str(key.column))}", fields
