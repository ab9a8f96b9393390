"""Excel workbooks for tests, written by hand: the least that is one."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DATE = 1
"""The style of cells that hold a date."""

Cell = str | int | float | bool | None


def workbook(
    *sheets: Sequence[Sequence[Cell]],
    first_row: int = 1,
    hidden: Sequence[int] = (),
    extra: Mapping[str, bytes] | None = None,
) -> bytes:
    """A workbook with these sheets, of which the `hidden` (from 0) are not shown. `extra` has other members of the zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        numbers = range(1, len(sheets) + 1)
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            + "".join(
                f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
                for number in numbers
            )
            + "</Types>",
        )
        archive.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            + "".join(
                f'<sheet name="Sheet{number}" sheetId="{number}" r:id="r{number}"'
                + (' state="hidden"/>' if number - 1 in hidden else "/>")
                for number in numbers
            )
            + "</sheets></workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            _relations(
                [*(("worksheet", f"worksheets/sheet{number}.xml") for number in numbers), ("styles", "styles.xml")]
            ),
        )
        archive.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        )
        for number, rows in zip(numbers, sheets, strict=True):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", _sheet(rows, first_row))
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return file.getvalue()


def date(day: int) -> str:
    """A cell that holds a date: `day` days after the end of 1899."""
    return f"<date>{day}"


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="r{index}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for index, (kind, target) in enumerate(targets, start=1)
        )
        + "</Relationships>"
    )


def _sheet(rows: Sequence[Sequence[Cell]], first_row: int) -> str:
    written = "".join(
        f'<row r="{number}">'
        + "".join(
            _cell(f"{chr(ord('A') + column)}{number}", cell) for column, cell in enumerate(row) if cell is not None
        )
        + "</row>"
        for number, row in enumerate(rows, start=first_row)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{written}</sheetData></worksheet>'


def _cell(where: str, cell: Cell) -> str:
    if isinstance(cell, bool):
        return f'<c r="{where}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, str) and cell.startswith("<date>"):
        return f'<c r="{where}" s="{_DATE}"><v>{cell.removeprefix("<date>")}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{where}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f'<c r="{where}"><v>{cell!r}</v></c>'
