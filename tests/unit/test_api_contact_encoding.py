"""Names out of files that spreadsheets of many languages save as CSV, each in the code page of its language."""

import io
from typing import get_args

import pytest
from tests.support.lists import contacts
from tests.support.names import EXPORTS

from belltower_api import contact_file
from belltower_api.contact_file import EncodingName, Wishes
from belltower_api.contact_file.encoding import encoding_of

LEGACY = {
    "cp1250": "windows-1250",
    "cp1251": "windows-1251",
    "cp1252": "windows-1252",
    "cp1253": "windows-1253",
    "cp1254": "windows-1254",
    "cp1255": "windows-1255",
    "cp1256": "windows-1256",
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "gb18030": "gb18030",
    "cp950": "big5",
}
"""Python's names, and those of the API."""
WESTERN = [language for language, export in EXPORTS.items() if export.encoding == "cp1252"]


def read(content: bytes, encoding: EncodingName | None = None) -> str:
    """All cells of a file, as a table without quotes has them."""
    with contact_file.open_people(io.BytesIO(content), wishes=Wishes(encoding=encoding)) as people:
        rows = [people.table.header, *(row.cells for row in people.table.rows)]
        return "".join(f"{';'.join(row)}\r\n" for row in rows)


def found(content: bytes) -> str:
    return encoding_of(io.BytesIO(content)).name


@pytest.mark.parametrize("language", EXPORTS)
def test_names_are_read_as_they_were_written_in_every_language(language: str) -> None:
    export = EXPORTS[language]
    content = export.text().encode(export.encoding)
    assert read(content) == export.text()
    assert found(content) == LEGACY[export.encoding]


@pytest.mark.parametrize("language", WESTERN)
def test_short_lists_of_western_languages_are_never_taken_for_others(language: str) -> None:
    export = EXPORTS[language]
    for start in range(len(export.rows())):
        for count in (5, 8):
            content = export.text(count, start=start).encode("cp1252")
            assert found(content) == "windows-1252", content.decode("cp1252")


@pytest.mark.parametrize("language", WESTERN)
def test_a_name_or_two_among_thousands_tell_no_language(language: str) -> None:
    english = "Name;Phone\r\n" + "Ann Lee;+14155550123\r\n" * 5_000
    for row in EXPORTS[language].rows():
        content = english + f"{row}\r\n"
        assert found(content.encode("cp1252")) == ("utf-8" if content.isascii() else "windows-1252")


@pytest.mark.parametrize("language", ["Polish", "Russian", "Turkish", "Japanese", "Chinese", "Korean"])
def test_names_count_wherever_in_the_file_they_stand(language: str) -> None:
    export = EXPORTS[language]
    for rows in (4_999, 5_001, 5_002, 5_003):  # so that letters of several bytes are cut at different places
        content = (
            "Name;Phone\r\n" + "Ann Lee;+14155550123\r\n" * rows + "".join(f"{row}\r\n" for row in export.rows() * 500)
        )
        assert found(content.encode(export.encoding)) == LEGACY[export.encoding]


@pytest.mark.parametrize("separator", [",", "\t", "|"])
@pytest.mark.parametrize("language", ["Polish", "Greek", "Japanese", "Chinese of Taiwan"])
def test_the_separator_does_not_matter(language: str, separator: str) -> None:
    export = EXPORTS[language]
    content = export.text().replace(";", separator).encode(export.encoding)
    assert read(content) == export.text()


def test_text_without_any_separator_is_looked_at_all_the_same() -> None:
    assert found(b"Zo\xeb" * 200_000) == "windows-1252"


@pytest.mark.parametrize(("python", "name"), LEGACY.items())
def test_an_encoding_that_is_said_is_believed(python: str, name: EncodingName) -> None:
    export = next(export for export in EXPORTS.values() if export.encoding == python)
    assert read(export.text(1).encode(python), name) == export.text(1)
    with contacts(b"name,phone\n\xc4\xc5\xc6,+14155550123\n", wishes=Wishes(encoding=name)) as people:
        assert people.sample[0].name == b"\xc4\xc5\xc6".decode(python, "replace")


@pytest.mark.parametrize("python", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
def test_unicode_can_be_said_too(python: str) -> None:
    export = EXPORTS["Japanese"]
    name: EncodingName = "utf-8" if python.startswith("utf-8") else "utf-16"
    assert read(export.text().encode(python), name) == export.text()


def test_every_encoding_that_can_be_said_is_tested() -> None:
    assert {*LEGACY.values(), "utf-8", "utf-16"} == set(get_args(EncodingName))
