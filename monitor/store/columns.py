"""The kinds of columns of which the tables are made."""

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData
from sqlalchemy.sql.elements import ColumnElement

from monitor.store.types import Json, Utc, Verbatim

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


def row_id() -> Column[int]:
    """The number of the row."""
    return Column("id", Integer, primary_key=True)


def text(name: str) -> Column[str]:
    """Text."""
    return Column(name, Verbatim, nullable=False)


def texts(*names: str) -> tuple[Column[str], ...]:
    """Several texts."""
    return tuple(map(text, names))


def words(name: str) -> Column[str]:
    """Text that may be missing: then it is empty, never null."""
    return Column(name, Verbatim, nullable=False, default="")


def maybe_text(name: str) -> Column[str]:
    """Text that may be missing."""
    return Column(name, Verbatim)


def at(name: str) -> Column[Any]:
    """An instant."""
    return Column(name, Utc, nullable=False)


def maybe_at(name: str) -> Column[Any]:
    """An instant that may be missing."""
    return Column(name, Utc)


def number(name: str) -> Column[int]:
    """A whole number."""
    return Column(name, Integer, nullable=False)


def count(name: str) -> Column[int]:
    """A number that begins at nought."""
    return Column(name, Integer, nullable=False, default=0)


def flag(name: str) -> Column[bool]:
    """Yes or no."""
    return Column(name, Boolean, nullable=False)


def json(name: str) -> Column[Any]:
    """A structure."""
    return Column(name, Json, nullable=False)


def of(name: str, target: str, *, optional: bool = False) -> Column[Any]:
    """A row of another table."""
    return Column(name, ForeignKey(target), nullable=optional)


def claim() -> tuple[Column[Any], ...]:
    """The four columns of a claim, see claims.py."""
    return (maybe_at("due_at"), maybe_at("claimed_until"), count("claim_no"), count("attempts"))


def only_where(index: str, *columns: Column[Any], where: ColumnElement[bool], unique: bool = False) -> Index:
    """An index of some rows alone."""
    return Index(index, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
