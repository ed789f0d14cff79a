"""New rows of the few models that every answer adds to, by a statement that is made once."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, Model


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
