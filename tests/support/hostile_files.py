"""Files that were made to do harm. They are written piece by piece: none of them is ever whole in memory."""

import io
import random
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO

from tests.support.workbook import workbook

MB = 2**20
SHEET = "xl/worksheets/sheet1.xml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PIECE = 2**16

Content = bytes | Iterable[bytes]


def repeated(head: bytes, piece: bytes, size: int, tail: bytes = b"") -> Iterator[bytes]:
    """A head, a piece as often as makes `size` bytes, and a tail."""
    block = piece * max(1, _PIECE // len(piece))
    yield head
    for _ in range(size // len(block)):
        yield block
    yield piece * (size % len(block) // len(piece))
    yield tail


def text(written: Content) -> IO[bytes]:
    """A file of text."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - its user closes it
    file.writelines([written] if isinstance(written, bytes) else written)
    file.seek(0)
    return file


def book(parts: Mapping[str, Content], method: int = zipfile.ZIP_DEFLATED) -> IO[bytes]:
    """A workbook with other parts in the place of its own."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - its user closes it
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["phone"], ["+14155550123"]]))) as plain,
        zipfile.ZipFile(file, "w", method) as made,
    ):
        for name in plain.namelist():
            if name not in parts:
                made.writestr(name, plain.read(name))
        for name, written in parts.items():
            with made.open(name, "w") as part:
                part.writelines([written] if isinstance(written, bytes) else written)
    file.seek(0)
    return file


def content(file: IO[bytes]) -> bytes:
    """All that is in a file, which is closed."""
    with file:
        return file.read()


def sheet(rows: str) -> bytes:
    """A sheet of these rows of XML."""
    return f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()


def with_texts(shared: Content, method: int = zipfile.ZIP_DEFLATED) -> IO[bytes]:
    """A workbook with a table of shared texts."""
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate([("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "t.xml")], 1)
    )
    return book(
        {"xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>".encode(), "xl/t.xml": shared},
        method,
    )


def with_flag(flag: int) -> IO[bytes]:
    """A workbook all of whose members claim something, as that they are encrypted."""
    changed = bytearray(content(book({})))
    for magic, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = changed.find(magic)
        while at >= 0:
            changed[at + offset] |= flag
            at = changed.find(magic, at + 4)
    return text(bytes(changed))


def with_sizes(size: int) -> IO[bytes]:
    """A workbook whose directory lies about how large everything is once it is unpacked."""
    changed = bytearray(content(book({})))
    at = changed.find(b"PK\x01\x02")
    while at >= 0:
        changed[at + 24 : at + 28] = struct.pack("<L", size)
        at = changed.find(b"PK\x01\x02", at + 4)
    return text(bytes(changed))


def many_members(count: int) -> IO[bytes]:
    """An archive that lists so many members, which need not exist."""
    record = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, *[0] * 6) + b"a"
    start = b"PK\x03\x04" + b"\0" * 26
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count % 2**16, count % 2**16, len(record) * count, len(start), 0)
    return text(repeated(start, record, len(record) * count, end))


def nested(depth: int) -> IO[bytes]:
    """A workbook in a workbook in a workbook."""
    inner = content(book({}))
    for _ in range(depth):
        inner = content(book({SHEET: inner}))
    return text(inner)


def noise(size: int) -> Iterator[bytes]:
    """Bytes of no meaning, the same each time."""
    source = random.Random(1)
    for _ in range(size // _PIECE):
        yield source.randbytes(_PIECE)


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
STORED = zipfile.ZIP_STORED
"""What is not packed has no ratio by which it would be refused."""
Make = Callable[[], IO[bytes]]

BOOKS: dict[str, Make] = {
    "entities": lambda: book({SHEET: ENTITIES + b"]><worksheet><sheetData><row><c t='str'><v>&j;</v></c></row></sheetData></worksheet>"}),  # noqa: E501
    "external entity": lambda: book({SHEET: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'}),
    "external doctype": lambda: book({SHEET: b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><worksheet/>'}),
    "external in the relations": lambda: book({"_rels/.rels": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'}),
    "bomb": lambda: book({SHEET: repeated(b"<worksheet>", b" ", 300 * MB, b"</worksheet>")}),
    "many small bombs": lambda: book({f"xl/worksheets/{n}.xml": repeated(b"", b" ", 9 * MB) for n in range(50)}),
    "nested": lambda: nested(5),
    "sizes too large": lambda: with_sizes(2**32 - 2),
    "sizes too small": lambda: with_sizes(10),
    "sizes of nothing": lambda: with_sizes(0),
    "encrypted": lambda: with_flag(1),
    "patched": lambda: with_flag(0x20),
    "lzma": lambda: book({}, zipfile.ZIP_LZMA),
    "bzip2": lambda: book({SHEET: repeated(b"<worksheet>", b" ", 300 * MB)}, zipfile.ZIP_BZIP2),
    "a million members": lambda: many_members(1_000_000),
    "a text of 60 MB": lambda: book({SHEET: repeated(b"<worksheet><row><c t='str'><v>", b"ab", 60 * MB)}, STORED),
    "an attribute of 60 MB": lambda: book({SHEET: repeated(b"<worksheet><row x='", b"a", 60 * MB)}, STORED),
    "a comment of 60 MB": lambda: book({SHEET: repeated(b"<worksheet><!--", b"a", 60 * MB)}, STORED),
    "a million levels": lambda: book({SHEET: repeated(b"<worksheet>", b"<a>", 60 * MB)}, STORED),
    "ten million styles": lambda: book({"xl/styles.xml": repeated(b"<styleSheet><cellXfs>", b"<xf/>", 60 * MB)}, STORED),
    "a million relations": lambda: book(
        {"_rels/.rels": repeated(b"<Relationships>", b"<Relationship Id='a' Type='b' Target='c'/>", 60 * MB)}, STORED
    ),
    "a million sheets": lambda: book(
        {"xl/workbook.xml": repeated(b"<workbook xmlns:r='x'><sheets>", b"<sheet r:id='r1'/>", 60 * MB)}, STORED
    ),
    "one sheet, read 9,000 times": lambda: book(
        {
            "xl/workbook.xml": repeated(
                b"<workbook xmlns:r='x'><sheets>", b"<sheet r:id='r1'/>", 160_000, b"</sheets></workbook>"
            ),
            SHEET: repeated(b"<worksheet>", b"<a>  b  </a>" * 999, 30 * MB, b"</worksheet>"),
        },
        STORED,
    ),
    "shared texts of 90 MB": lambda: with_texts(repeated(b"<sst>", b"<si/>", 90 * MB, b"</sst>"), STORED),
    "shared texts of 1 GB": lambda: with_texts(repeated(b"<sst>", b"<si><t>a</t></si>", 1024 * MB, b"</sst>")),
    "a format of brackets": lambda: book(
        {"xl/styles.xml": b"<styleSheet><numFmts><numFmt numFmtId='200' formatCode='" + b"[" * 200_000 + b"'/></numFmts></styleSheet>"}  # noqa: E501
    ),
    "wide and empty": lambda: book(
        {SHEET: repeated(b"<worksheet><sheetData>", b"<row><c r='XFD1'><v>1</v></c></row>", 30 * MB)}, STORED
    ),
    "no column": lambda: book({SHEET: sheet("<row r='1'><c r='1'><v>5</v></c></row>")}),
    "a row beyond all": lambda: book({SHEET: sheet("<row r='99999999999999999999'><c t='str'><v>x</v></c></row>")}),
    "a row before all": lambda: book({SHEET: sheet("<row r='-5'><c t='str'><v>x</v></c></row>")}),
    "NUL": lambda: book({SHEET: sheet("<row><c t='str'><v>_x0000_a_xD800_</v></c></row>")}),
}  # fmt: skip

TEXTS: dict[str, Make] = {
    "a line of 90 MB": lambda: text(repeated(b"phone,name\n+14155550123,", b"a", 90 * MB)),
    "a quote never closed": lambda: text(repeated(b'phone,name\nx,"a\n', b"x,b\n", 40 * MB)),
    "quotes": lambda: text(repeated(b"", b'"\n', 60 * MB)),
    "lines of separators": lambda: text(repeated(b"", b",;\t|\n", 60 * MB)),
    "empty lines": lambda: text(repeated(b"", b"\n", 60 * MB)),
    "lines of a million cells": lambda: text(repeated(b"phone,name\n+1,a\n", b"," * MB + b"\n", 30 * MB)),
    "10,000 columns": lambda: text(repeated(",".join(f"c{n}" for n in range(10_000)).encode() + b"\n", b"x," * 9_999 + b"x\n", 30 * MB)),  # noqa: E501
    "16,000 columns of telephones": lambda: text(",".join(f"Phone {n} - Value" for n in range(16_000)).encode() + b"\n" + b"x," * 16_000),  # noqa: E501
    "a title of separators": lambda: text(b"phone," + b"-" * 400_000 + b"x\nx,y\n"),
    "NULs": lambda: text(repeated(b"", b"\0", 60 * MB)),
    "bytes of no encoding": lambda: text(repeated(b"", b"\xff\xfe\xfa\n", 60 * MB)),
    "noise": lambda: text(noise(60 * MB)),
    "digits of other scripts": lambda: text(repeated(b"", "１".encode() * 60 + b"\n", 30 * MB)),
    "a number for a year": lambda: text(repeated(b"+1", b"4155550123 ", 10 * MB)),
    "marks of direction": lambda: text("name,phone\n\u202e=cmd|\u2066,\u202a+1415\u202c\nعلي,x\n".encode()),
    "UTF-16 of half pairs": lambda: text(b"\xff\xfe" + b"\x00\xd8,\x00" * 1000),
    "UTF-7": lambda: text(b"+ADw-script+AD4-,x\n" * 1000),
}  # fmt: skip
