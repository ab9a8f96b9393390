"""Workbooks as different programs write them."""

import io
import zipfile
from datetime import date, datetime, time

import pytest

from belltower.domain.errors import Invalid
from belltower_api.contact_file import workbook
from belltower_api.contact_file.spreadsheet import Styles, shown_moment, shown_number
from belltower_api.errors import TooLarge

A = "+14155550123"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def relations(*targets: tuple[str, str]) -> str:
    each = "".join(
        f'<Relationship Id="r{n}" Type="{RELATION}/{kind}" Target="{to}"/>' for n, (kind, to) in enumerate(targets)
    )
    return f"<Relationships>{each}</Relationships>"


def book(sheet: str, *, shared: str = "", styles: str = "", properties: str = "", main: str = MAIN) -> bytes:
    """A workbook with one sheet, its parts where nobody else puts them."""
    file = io.BytesIO()
    members = {
        "_rels/.rels": relations(("officeDocument", "/xl/book.xml")),
        "xl/book.xml": f'<workbook xmlns="{main}" xmlns:r="{RELATION}">{properties}<sheets><sheet name="A" r:id="r0"/></sheets>'
        "</workbook>",
        "xl/_rels/book.xml.rels": relations(
            ("worksheet", "sheets\\One.xml"), ("sharedStrings", "../xl/shared.xml"), ("styles", "/xl/styles.xml")
        ),
        "xl/sheets/one.xml": sheet,
        "xl/shared.xml": f'<sst xmlns="{main}">{shared}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}">{styles}</styleSheet>',
    }
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def sheet(rows: str, main: str = MAIN) -> str:
    return f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'


def cells(content: bytes) -> list[tuple[int, list[str]]]:
    return [(row.line, row.cells) for row in workbook.rows(io.BytesIO(content))]


def test_texts_are_shared_have_runs_and_readings_that_are_not_said() -> None:
    shared = (
        "<si><t>Phone</t></si><si><r><t>Ann </t></r><r><t>Lee</t></r></si>"
        "<si><t>\u5c71\u7530</t><rPh><t>\u30e4\u30de\u30c0</t></rPh></si><si><t>two_x000A_lines_xD800_</t></si><si/>"
    )
    row = "".join(f'<c r="{letter}3" t="s"><v>{n}</v></c>' for n, letter in enumerate("ABCDE"))
    assert cells(book(sheet(f'<row r="3">{row}</row>'), shared=shared)) == [
        (3, ["Phone", "Ann Lee", "\u5c71\u7530", "two\nlines\ufffd"])
    ]


def test_rows_and_cells_that_do_not_say_where_they_are_follow_each_other() -> None:
    rows = f"<row><c><v>1</v></c><c/><c t='str'><v>{A}</v></c></row><row/><row><c r='C9' t='b'><v>1</v></c></row>"
    assert cells(book(sheet(rows))) == [(1, ["1", "", A]), (3, ["", "", "TRUE"])]


def test_names_may_have_a_prefix_and_a_strict_namespace() -> None:
    strict = f'<x:worksheet xmlns:x="{STRICT}"><x:sheetData><x:row><x:c><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    assert cells(book(strict, main=STRICT)) == [(1, ["7"])]


STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="&quot;day&quot; 0"/>'
    '<numFmt numFmtId="166" formatCode="[Red]General"/><numFmt numFmtId="167" formatCode="[h]:mm"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    + "<cellXfs>"
    + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 164, 165, 166, 167, 20))
    + "</cellXfs>"
)


def test_what_is_a_date_is_a_matter_of_style() -> None:
    row = (
        "".join(f'<c s="{style}"><v>45000.5</v></c>' for style in range(5))
        + '<c s="5"><v>0.375</v></c><c s="6"><v>0.5</v></c>'
    )
    number = "45000.5"
    assert cells(book(sheet(f"<row>{row}</row>"), styles=STYLES)) == [
        (1, [number, "2023-03-15 12:00", "2023-03-15 12:00", number, number, "09:00", "12:00"])
    ]


def test_days_may_be_counted_from_1904() -> None:
    rows = '<row><c s="1"><v>0</v></c><c s="1"><v>1</v></c><c s="1"><v>1e99</v></c></row>'
    ((_, row),) = cells(book(sheet(rows), styles=STYLES, properties='<workbookPr date1904="1"/>'))
    assert row[:2] == ["00:00", "1904-01-02"]
    assert Styles(begins_in_1904=False).moment(45_000) == date(2023, 3, 15)


@pytest.mark.parametrize(
    ("said", "shown"),
    [("14155550123", "14155550123"), ("1.4155550123E10", "14155550123"), ("0.25", "0.25"), ("1E-07", "0.0000001"),
     ("-3.0", "-3"), ("12.5", "12.5"), ("0.1", "0.1"), ("0.30000000000000004", "0.3")],
)  # fmt: skip
def test_numbers_are_shown_as_one_reads_them_out(said: str, shown: str) -> None:
    assert shown_number(said) == shown


def test_moments_are_shown_without_seconds_where_there_are_none() -> None:
    assert shown_moment(datetime(2030, 5, 17, 10, 30)) == "2030-05-17 10:30"  # noqa: DTZ001 - wall time
    assert shown_moment(time(9, 15, 5)) == "09:15:05"
    assert shown_moment(None) == ""


@pytest.mark.parametrize(
    "content",
    [
        book("<!DOCTYPE x [<!ENTITY a 'b'>]>" + sheet("<row><c><v>1</v></c></row>")),
        book(sheet("<row><c t='s'><v>7</v></c></row>")),
        book(sheet("<row><c t='s'><v>-1</v></c></row>")),
        book(sheet("<row><c><v>one</v></c></row>")),
        book(sheet("<row r='x'><c><v>1</v></c></row>")),
        book(sheet("<row><c r='??1'><v>1</v></c></row>")),
        book("<worksheet><sheetData><row>"),
    ],
    ids=["doctype", "unknown text", "negative text", "no number", "no row", "no column", "cut off"],
)
def test_what_no_program_writes_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="no Excel workbook that can be read"):
        cells(content)


def test_more_than_any_list_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge, match="more cells than can be read"):
        cells(book(sheet("<row><c r='XFE1'><v>1</v></c></row>")))
    monkeypatch.setattr("belltower_api.contact_file.spreadsheet.MOST_SHARED", 10)
    with pytest.raises(TooLarge, match="more cells than can be read"):
        cells(book(sheet("<row><c><v>1</v></c></row>"), shared=f"<si><t>{'x' * 11}</t></si>"))
