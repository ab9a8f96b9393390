"""What tables are made of: types, names of constraints, and columns that several have."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    Identity,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType

from belltower.domain.answering_machine import AnsweringMachine

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

Money = Numeric(18, 6)

Instant = DateTime(timezone=True)


class TransactionId(UserDefinedType[str]):
    """A transaction's 64-bit id. Compared with a snapshot it tells whether a reader has seen what that one wrote."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Its name in SQL."""
        return "XID8"


ischema_names["xid8"] = TransactionId  # what SQLAlchemy reads it as, when migrations are compared with this file


def sql_list(values: Iterable[StrEnum]) -> str:
    """Enum members as the inside of an SQL `IN (...)`, sorted, so that two writings of it are equal."""
    return ", ".join(f"'{value}'" for value in sorted(values))


def status_check(values: type[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"status IN ({sql_list(values)})", name="status")


def changed_column(comment: str | None = None) -> Column[str]:
    default = text("pg_current_xact_id()")
    return Column("changed", TransactionId, nullable=False, server_default=default, comment=comment)


def id_column() -> Column[int]:
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def definition_columns() -> list[Column[Any]]:
    """What a campaign is: a column for each field of `Definition`, for each table that keeps one."""
    return [
        Column("name", Text, nullable=False),
        Column("welcome_message", Text, nullable=False),
        Column("language", Text, nullable=False),
        Column("voice", Text, nullable=False),
        Column("caller_id", Text, nullable=False),
        Column("concurrency", Integer, nullable=False, comment="Simultaneous calls."),
        Column("max_attempts", SmallInteger, nullable=False),
        Column("retry_delay", Integer, nullable=False, comment="Seconds between two calls to a contact."),
        Column(
            "retry_delays",
            JSONB,
            nullable=False,
            server_default="{}",
            comment="Seconds by disposition, where they differ from retry_delay; null: no other call after it.",
        ),
        Column(
            "retry_backoff",
            Float,
            nullable=False,
            server_default="1",
            comment="What the delay is multiplied by for each attempt after the first.",
        ),
        Column(
            "answering_machine",
            Text,
            nullable=False,
            server_default=AnsweringMachine.TREAT_AS_ANSWERED.value,
            comment="What happens when a machine answers.",
        ),
        Column(
            "calls_per_second", Integer, nullable=True, comment="New calls in any second; null: no limit of its own."
        ),
        Column(
            "misfire_grace",
            Integer,
            nullable=True,
            comment="Seconds after its scheduled time within which it may still start by itself; null: however late.",
        ),
        Column(
            "calling_window",
            JSONB(none_as_null=True),
            nullable=True,
            comment="Its own, which narrows the account's; null: the account's alone counts.",
        ),
    ]
