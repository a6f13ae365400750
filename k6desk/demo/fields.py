"""The fields of an answer, of which a request may choose some, and order by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from k6desk.demo.errors import Refusal

T = TypeVar("T")
Kind = Literal["number", "text", "boolean", "time", "object", "null"]


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """A member of an answer, made when it is asked for; any may be None. Times are texts in UTC with 6 digits and Z."""

    kind: Kind
    value: Callable[[T], Any]


def select(wanted: str | None, fields: Mapping[str, Field[T]]) -> Callable[[T], dict[str, Any]]:
    """What makes an answer of a thing: all its fields, or those of `$select`, in the order of the fields."""
    names = set(fields) if wanted is None else {name.strip() for name in wanted.split(",")}
    for name in names - set(fields):
        raise Refusal(400, f"$select has the unknown field {name!r}; the fields are {', '.join(fields)}.", "$select")
    shown = {name: field for name, field in fields.items() if name in names}
    return lambda item: {name: field.value(item) for name, field in shown.items()}


def order_keys(fields: Mapping[str, Field[T]]) -> Mapping[str, Callable[[T], Any]]:
    """The keys of the fields that things can be ordered by: null comes first, letter case does not count."""

    def key(field: Field[T]) -> Callable[[T], Any]:
        def of(item: T) -> tuple[bool, Any]:
            value = field.value(item)
            return value is not None, value.casefold() if isinstance(value, str) else value

        return of

    return {name: key(field) for name, field in fields.items() if field.kind != "object"}
