"""Numbers out of files as people really have them."""

import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.lists import contacts, entries

from belltower.domain.errors import Invalid
from belltower_api.contact_file import check_type, name_of
from belltower_api.errors import UnsupportedMediaType

A, B, C = "+14155550123", "+14155550124", "+442079460000"


def found(content: str | bytes) -> list[tuple[int, str]]:
    return entries(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize(
    "content",
    [
        f"{A}\n{B}\n",
        f"{A}\r\n{B}\r\n",
        f"{A}\r{B}",
        f"\ufeff{A}\n{B}",
        f"{A}\n\n  \n{B}\n\n",
        f"phone\n{A}\n{B}\n",
        f"Phone Number\r\n{A}\r\n{B}",
        f'"phone"\n"{A}"\n"{B}"\n',
        f"name,phone\nAnn,{A}\nBen,{B}\n",
        f"name;phone\nAnn;{A}\nBen;{B}\n",
        f"name\tphone\nAnn\t{A}\nBen\t{B}\n",
        f"Ann,{A}\nBen,{B}\n",
        f"{A};Ann;1 High Street\n{B};Ben;2 High Street\n",
        f"id,Telefonnummer,Straße\n1,{A},Am Weg 1\n2,{B},Am Weg 2\n",
        f"House number,Mobile\n12345678,{A}\n22345678,{B}\n",
        f"customer number,contact\n9,{A}\n10,{B}\n",
        f'name,note,phone\nAnn,"likes , and ""quotes""",{A}\nBen,,{B}\n',
        f"{A}, {B}",
        f"{A},{B}\n",
        f"{A};{B};\n",
        f"contact\n{A}\n{B}\n",
        f"'{A}\n'{B}\n",
        f"name,phone,date\nAnn,{A},2024-01-15\nBen,{B},2024-01-16\n",
        f"phone,phone type\n{A},mobile\n{B},home\n",
        f"Phone 1 - Type,Phone 1 - Value\nMobile,{A}\nHome,{B}\n",
    ],
)
def test_the_numbers_are_found_however_the_file_is_written(content: str) -> None:
    assert [value for _, value in found(content)] == [A, B]


def test_lines_are_those_that_an_editor_shows() -> None:
    content = f'name,phone\nAnn,{A}\n\n"Ben\nthe second",nonsense\nCid,\n{C},x\nDora,{B}\n'
    assert found(content) == [(2, A), (4, "nonsense"), (6, ""), (7, "x"), (8, B)]
    with contacts(content.encode()) as read:
        assert [entry.line for entry in read.rejected.items] == [4, 6, 7]


def test_a_first_line_that_is_no_number_is_reported_unless_it_is_a_title() -> None:
    assert found(f"hello\n{A}\n") == [(1, "hello"), (2, A)]
    assert found(f"Handy\n{A}\n") == [(2, A)]


def test_rows_that_are_too_short_are_reported() -> None:
    assert found(f"name,age,phone\nAnn,30,{A}\nBen\nCid,31,{B}\n") == [(2, A), (3, ""), (4, B)]


def test_a_quote_that_is_never_closed_swallows_nothing() -> None:
    content = f'name,phone\nAnn "the cook,{A}\nBen,{B}\n"Cid,{C}\n'
    assert [value for _, value in found(content)] == [A, B, C]
    content = "name,phone\n" + f"Ann,{A}\n" * 200 + f'"Cid,{C}\nBen,{B}\n'
    assert [value for _, value in found(content)][200:] == [C, B]
    content = f'name,phone\nAnn,"{A}\nBen,{B}\n'
    assert [value for _, value in found(content)] == [A, B]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_letters_beyond_ascii_do_not_matter(encoding: str) -> None:
    content = f"Name;Handy\nJürgen Groß;{A}\nZoë – “Zo”;{B}\n".encode(encoding)
    assert [value for _, value in found(content)] == [A, B]


def test_a_header_in_windows_1252_is_read() -> None:
    assert [value for _, value in found(f"Nom;Téléphone;Code\nZoë;{A};0123456789\n".encode("cp1252"))] == [A]


def test_a_large_field_is_refused_with_a_sentence() -> None:
    with pytest.raises(Invalid, match="no table that can be read"):
        found(f"b,{A}\n" * 150 + 'a,"' + "x" * 200_000 + '"\n')


@given(st.binary(max_size=2000))
def test_no_bytes_raise_anything_but_a_refusal(content: bytes) -> None:
    with contextlib.suppress(Invalid):
        assert all(line >= 1 and isinstance(value, str) for line, value in entries(content))


@given(st.text(alphabet='+0123456789abc,;\t"\r\n ', max_size=300))
def test_no_text_raises_anything_but_a_refusal(content: str) -> None:
    with contextlib.suppress(Invalid):
        found(content)


@given(
    names=st.lists(st.text(alphabet=" abcäß€\",;\t\n'", max_size=12), min_size=1, max_size=150),
    delimiter=st.sampled_from(",;\t"),
    header=st.booleans(),
)
def test_every_number_of_a_table_that_is_written_by_the_book_is_found(
    names: list[str], delimiter: str, header: bool
) -> None:
    """The oracle is the writer: Python's csv with every field quoted."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    if header:
        writer.writerow(["Name", "Mobile"])
    numbers = [f"+1415555{index:04d}" for index in range(len(names))]
    writer.writerows([name, number] for name, number in zip(names, numbers, strict=True))

    assert [value for _, value in found(file.getvalue())] == numbers


@pytest.mark.parametrize("filename", ["people.csv", "PEOPLE.CSV", "list.txt", "a.b.csv", "people.xlsx"])
def test_lists_and_workbooks_are_taken(filename: str) -> None:
    check_type(filename)


@pytest.mark.parametrize("filename", ["people.xls", "people.pdf", "people", "csv", ".csv.exe", "", None])
def test_other_types_are_not(filename: str | None) -> None:
    with pytest.raises(UnsupportedMediaType):
        check_type(filename)


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("people.csv", "people"),
        ("C:\\Users\\me\\May list.csv", "May list"),
        ("../../etc/list.txt", "list"),
        ("a\x00\nb.csv", "ab"),
        (" .csv", "Upload"),
        ("x" * 300 + ".csv", "x" * 200),
    ],
)
def test_a_campaign_is_called_like_its_file(filename: str, name: str) -> None:
    assert name_of(filename) == name
