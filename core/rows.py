"""SELECTs written by hand that give models back, for the few that nearly every page needs (ADR 0012)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection, models


@dataclass(frozen=True)
class _Part:
    """The columns of one table in a row, and how they become a model."""

    model: type[models.Model]
    names: Sequence[str]
    columns: slice
    key: int
    converters: Sequence[tuple[int, Callable[..., Any]]]

    def instance(self, row: Sequence[Any]) -> models.Model | None:
        """Return the model; None for a table that an outer join had no row of."""
        if row[self.key] is None:
            return None
        values = list(row[self.columns])
        for index, convert in self.converters:
            values[index] = convert(values[index], None, connection)
        return self.model.from_db(connection.alias, self.names, values)


class Statement:
    """A SELECT in which `{alias}` stands for all columns of that table.

        lines = Statement("SELECT {line}, {variant} FROM cart_cartline line JOIN ...", line=CartLine, variant=Variant)
        for line, variant in lines.rows([cart.pk]): ...

    tables: the model of each alias, in the order of the SELECT. Building the same statement with the ORM, for every
    request anew, costs more than PostgreSQL needs to answer it.
    """

    def __init__(self, sql: str, **tables: type[models.Model]) -> None:
        self._template = sql
        self._tables = tables

    def rows(self, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows, each a tuple of models in the order of the tables."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, parameters)
            return [tuple(part.instance(row) for part in self._parts) for row in cursor.fetchall()]

    def first(self, parameters: Sequence[Any]) -> tuple[Any, ...]:
        """Return the first row; a None for each table when there is no row."""
        return next(iter(self.rows(parameters)), (None,) * len(self._tables))

    @cached_property
    def _sql(self) -> str:
        columns = {
            alias: ", ".join(f'{alias}."{field.column}"' for field in _fields(model))
            for alias, model in self._tables.items()
        }
        return self._template.format(**columns)

    @cached_property
    def _parts(self) -> list[_Part]:
        parts = []
        start = 0
        for model in self._tables.values():
            fields = _fields(model)
            parts.append(
                _Part(
                    model=model,
                    names=[field.attname for field in fields],
                    columns=slice(start, start + len(fields)),
                    key=start + [field.primary_key for field in fields].index(True),
                    converters=[
                        (index, convert)
                        for index, field in enumerate(fields)
                        for convert in field.get_db_converters(connection)
                    ],
                )
            )
            start += len(fields)
        return parts


def _fields(model: type[models.Model]) -> Sequence[Any]:
    return model._meta.concrete_fields  # noqa: SLF001  public
