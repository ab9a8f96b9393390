"""What a database looks like to the statements that use it, and what a change of it means for those of the version before."""

from dataclasses import dataclass

import asyncpg


@dataclass(frozen=True, slots=True)
class Column:
    """What a statement may rely on."""

    type: str
    is_nullable: bool
    is_given: bool
    """It has a value when an INSERT says none."""


@dataclass(frozen=True, slots=True)
class Schema:
    """Columns by table and name, and what else limits what may be written: the definition and the columns of each."""

    columns: dict[tuple[str, str], Column]
    limits: dict[tuple[str, str], frozenset[str]]


_COLUMNS = """
SELECT relname, attname, format_type(atttypid, atttypmod) AS type, NOT attnotnull AS is_nullable,
    (NOT attnotnull OR atthasdef OR attidentity <> '') AS is_given
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
"""
_LIMITS = """
SELECT relname, pg_get_constraintdef(pg_constraint.oid) AS said, conkey AS numbers, conrelid AS relation
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT relname, regexp_replace(pg_get_indexdef(indexrelid), 'INDEX \\S+ ON', 'INDEX ON'), indkey::int2[], indrelid
FROM pg_index JOIN pg_class ON pg_class.oid = indrelid WHERE indisunique AND relnamespace = 'public'::regnamespace
"""


async def read_schema(url: str) -> Schema:
    """The schema of a database."""
    connection = await asyncpg.connect(url)
    try:
        columns = {
            (row["relname"], row["attname"]): Column(row["type"], row["is_nullable"], row["is_given"])
            for row in await connection.fetch(_COLUMNS)
        }
        names = {
            (row["attrelid"], row["attnum"]): row["attname"]
            for row in await connection.fetch("SELECT attrelid, attnum, attname FROM pg_attribute WHERE attnum > 0")
        }
        limits = {
            (row["relname"], row["said"]): frozenset(
                names[row["relation"], number] for number in row["numbers"] or () if number
            )
            for row in await connection.fetch(_LIMITS)
        }
        return Schema(columns, limits)
    finally:
        await connection.close()


def narrowed(before: Schema, after: Schema) -> set[str]:
    """What processes of the version before may rely on and do not find any more, or write and may not write any more."""
    tables = {table for table, _ in before.columns}
    found: set[str] = set()
    for (table, name), column in before.columns.items():
        now = after.columns.get((table, name))
        if now is None:
            found.add(f"{table}.{name} is gone")
        elif now.type != column.type:
            found.add(f"{table}.{name} is {now.type}, and was {column.type}")
        elif (column.is_given and not now.is_given) or (column.is_nullable and not now.is_nullable):
            found.add(f"{table}.{name} must be given")
    for (table, name), column in after.columns.items():
        if table in tables and (table, name) not in before.columns and not column.is_given:
            found.add(f"{table}.{name} is new, and must be given")
    for (table, said), names in after.limits.items():
        if (
            table in tables
            and (table, said) not in before.limits
            and all((table, name) in before.columns for name in names)
        ):
            found.add(f"{table} has a new limit: {said}")
    return found
