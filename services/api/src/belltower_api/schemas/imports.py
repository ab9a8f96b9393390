"""Files of contacts that are looked into."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Literal, Self

from fastapi import UploadFile
from pydantic import BaseModel, ConfigDict, Field

from belltower.db import imports
from belltower_api.contact_file import EncodingName, People
from belltower_api.contact_list import ContactList
from belltower_api.schemas.collection import Collection
from belltower_api.schemas.list_fields import ListReading
from belltower_api.schemas.rejection import RejectedNumbers
from belltower_api.schemas.values import ImportId, Instant

_SAMPLES = 3
_LONGEST_SAMPLE = 100
_SHOWN = 500
"""Columns that are shown; a table of contacts has fewer."""

Use = Literal["phone", "name", "timezone", "field", "nothing"]


class ImportUpload(ListReading):
    """A file to look into."""

    model_config = ConfigDict(strict=False)  # a form has texts only

    file: UploadFile = Field(
        description=".csv, .txt or .xlsx: one number a line, or a table with a column of numbers.",
        examples=["name,phone\nAda,+14155550123\n"],
    )


class ImportReading(ListReading):
    """How to read the file this time; nothing: as it was read when it came."""

    model_config = ConfigDict(strict=False)  # a query has texts only


class ImportColumn(BaseModel):
    """A column of a file, and what is made of it."""

    title: str = Field(description="`Column 2` where the file has no title.", examples=["Mobile"])
    used_as: Use = Field(description="A name may be a field as well.")
    field: str | None = Field(description="The field that it becomes.", examples=["time"])
    samples: list[str] = Field(description="The first of its values.", examples=[["+14155550123", "+14155550124"]])


class ImportContact(BaseModel):
    """A contact of a file."""

    phone: str = Field(description="E.164.", examples=["+14155550123"])
    name: str | None = Field(examples=["Ann"])
    fields: dict[str, str] = Field(examples=[{"time": "10:00"}])
    timezone: str | None = Field(
        default=None, description="IANA, where the file says it.", examples=["America/New_York"]
    )


class ImportAnalysis(BaseModel):
    """What is in a file."""

    encoding: EncodingName | None = Field(
        default=None,
        description="How its text was read; null for a workbook. Where the sample is garbled, say another one.",
        examples=["windows-1252"],
    )
    columns: list[ImportColumn] = Field(description="Empty: every entry of the file is a number of its own.")
    phone_column: str | None = Field(
        description="Where the numbers stand; a contact without one there is rung at another column that is used_as phone.",
        examples=["Mobile"],
    )
    contacts: int = Field(description="Numbers that can be rung, each counted once.", examples=[120])
    duplicates: int = Field(description="Entries that named a number again; it is rung once.", examples=[1])
    rejected: RejectedNumbers
    sample: list[ImportContact] = Field(description="The first ten contacts.")

    @classmethod
    def of(cls, people: People, found: ContactList) -> Self:
        layout = people.layout
        phones = [column.index for column in layout.phones]
        fields = dict(layout.fields)

        def used_as(index: int) -> Use:
            if index in phones:
                return "phone"
            if index in layout.names:
                return "name"
            if index == layout.zone:
                return "timezone"
            return "field" if index in fields else "nothing"

        def column(index: int, title: str) -> ImportColumn:
            cells = (row.cells[index].strip() for row in people.table.sample if index < len(row.cells))
            samples = [cell[:_LONGEST_SAMPLE] for cell in islice(filter(None, cells), _SAMPLES)]
            return ImportColumn(title=title, used_as=used_as(index), field=fields.get(index), samples=samples)

        return cls(
            encoding=people.table.encoding,
            columns=[column(index, title) for index, title in enumerate(layout.titles[:_SHOWN])] if phones else [],
            phone_column=layout.titles[phones[0]] if phones else None,
            contacts=len(found.contacts),
            duplicates=found.duplicates,
            rejected=found.rejected,
            sample=[ImportContact.model_validate(contact, from_attributes=True) for contact in found.sample],
        )


class ContactImport(ImportAnalysis):
    """A file of contacts that starts nothing by itself."""

    id: ImportId
    filename: str = Field(examples=["people.csv"])
    size: int = Field(description="Bytes.", examples=[4096])
    created_at: Instant
    expires_at: Instant = Field(description="When it is forgotten.")

    @classmethod
    def shown(cls, found: imports.Import, analysis: Mapping[str, Any] | None = None) -> Self:
        return cls.model_validate(
            {
                **(analysis or found.analysis),
                "id": found.id,
                "filename": found.filename,
                "size": found.size,
                "created_at": found.created_at,
                "expires_at": found.expires_at,
            }
        )


class ContactImportCollection(Collection[ContactImport]):
    """A page of imports, the newest first."""
