"""Numbers out of what programs export: address books, customer lists and spreadsheets of many languages."""

import contextlib
import csv
import io
import zipfile
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.support.lists import contacts, entries, numbers
from tests.support.workbook import date, workbook

from belltower.domain.errors import Invalid
from belltower_api import contact_file
from belltower_api.contact_file import workbook as workbook_module
from belltower_api.contact_file.columns import is_phone_name
from belltower_api.errors import TooLarge

A, B, C = "+14155550123", "+14155550124", "+442079460000"

GOOGLE = f"""\
First Name,Middle Name,Last Name,Phonetic Last Name,Organization Name,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,\
Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,Phone 3 - Label,Phone 3 - Value
Ann,,Lee,,,,* myContacts,* Home,ann@example.com,Work,+1 415-555-0199,Mobile,{A},,
Ben,,Ode,,Acme,"two
lines",* myContacts,,,Work Fax,+1 415-555-0198,Home,{B},,
Cid,,Poe,,,,* myContacts,,,Mobile,{C} ::: +44 20 7946 0001,,,,
"""
OUTLOOK = f"""\
"First Name","Last Name","Company","Business Fax","Business Phone","Business Phone 2","Home Phone","Mobile Phone","Pager",\
"Company Main Phone","Assistant's Phone","E-mail Address"
"Ann","Lee","Acme","+1 415 555 0190","+1 415 555 0191","","","{A}","","","",""
"Ben","Ode","Acme","+1 415 555 0192","{B}","","+1 415 555 0193","","","+1 415 555 0194","",""
"Cid","Poe","","","","","","","+1 415 555 0195","{C}","+1 415 555 0196",""
"""
HUBSPOT = f"""\
Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Contact owner,Lead Status,Create Date
151320001,Ann,Lee,ann@example.com,+1 415 555 0190,{A},,New,2024-03-01 10:12
151320002,Ben,Ode,ben@example.com,{B},,,Open,2024-03-02 11:13
151320003,Cid,Poe,cid@example.com,,{C},,,2024-03-02 11:14
"""
EXCEL_GERMAN = (
    "Kundennr.;Vorname;Nachname;Straße;Telefon privat;Handynummer;Telefax;Umsatz\r\n"
    f"100000001;Jürgen;Groß;Am Weg 1, Köln;+49 221 123456;{A};+49 221 123457;1.234,50\r\n"
    f"100000002;Zoë;Weiß;Ring 5, Bonn;{B};;;0,00\r\n"
    f"100000003;Änne;Kurz;;;{C};;12,00\r\n"
)
FRENCH = (
    "N° client;Prénom;Nom;Téléphone fixe;Téléphone portable;Télécopie\r\n"
    f"1;Zoé;Lefèvre;+33 1 23 45 67 89;{A};+33 1 23 45 67 80\r\n"
    f"2;Gaël;Œuvré;{B};;\r\n"
    f"3;Anaïs;Noël;;{C};\r\n"
)
TURKISH = f"""\
Adı;Soyadı;Ev Telefonu;Cep Telefonu;Faks
İpek;Yılmaz;+90 212 123 45 67;{A};
Oğuz;Şahin;{B};;
Çağla;Gül;;{C};
"""
JAPANESE = f"""\
氏名,会社名,電話番号,携帯電話,FAX番号
山田太郎,株式会社例,+81 3-1234-5678,{A},
佐藤花子,,{B},,+81 3 1234 5679
鈴木一郎,,,{C},
"""

EXPORTS = {
    "Google Contacts": GOOGLE.encode(),
    "Outlook": OUTLOOK.encode("cp1252"),
    "HubSpot": HUBSPOT.encode(),
    "Excel, CSV UTF-8": EXCEL_GERMAN.encode("utf-8-sig"),
    "Excel, CSV in German": EXCEL_GERMAN.encode("cp1252"),
    "Excel, CSV for a Macintosh": EXCEL_GERMAN.replace("\r\n", "\r").encode(),
    "Excel, Unicode text": EXCEL_GERMAN.replace(";", "\t").encode("utf-16"),
    "Excel, with its line about the separator": ("sep=;\r\n" + EXCEL_GERMAN).encode(),
    "UTF-16 without BOM": JAPANESE.encode("utf-16-le"),
    "UTF-16, the other way round": b"\xfe\xff" + JAPANESE.encode("utf-16-be"),
    "UTF-16, the other way round and without BOM": TURKISH.encode("utf-16-be"),
    "French": FRENCH.encode("cp1252"),
    "Turkish": TURKISH.encode(),
    "Turkish, as Excel does it": TURKISH.encode("cp1254"),
    "Japanese": JAPANESE.encode("utf-8-sig"),
    "with pipes": JAPANESE.replace(",", "|").encode(),
    "with a title above": ("Contacts\n\nexported 2024-05-01\n" + HUBSPOT).encode(),
    "with empty rows above": b",,,\n\n,,,\n" + HUBSPOT.encode(),
}


def found(content: bytes, filename: str | None = None) -> list[tuple[int, str]]:
    return entries(content, filename)


@pytest.mark.parametrize("program", EXPORTS)
def test_the_number_to_ring_is_found_in_what_programs_export(program: str) -> None:
    assert numbers(EXPORTS[program]) == [A, B, C]


def test_all_of_a_row_is_there_with_its_line_and_the_names_of_its_columns() -> None:
    table = contact_file.open_table(io.BytesIO(b"\r\n" + EXPORTS["Excel, CSV in German"]))
    rows = list(table.rows)

    assert table.header[:4] == ["Kundennr.", "Vorname", "Nachname", "Straße"]
    assert [row.line for row in rows] == [3, 4, 5]
    assert rows[1].cells == ["100000002", "Zoë", "Weiß", "Ring 5, Bonn", B, "", "", "0,00"]


def test_lines_are_counted_behind_the_line_about_the_separator() -> None:
    assert found(f'sep=;\nname;phone\n"a\nb";{A}\nc;{B}\n'.encode()) == [(3, A), (5, B)]


NAMES = """
Phone; phone_number; PhoneNumber; mobilePhone; Cell; Tel.; Telephone; Contact No; MSISDN; WhatsApp; Home Phone; Phone 1 - Value
Telefon; Telefonnummer; Handy; Mobilfunknummer; Rufnummer; Nummer; Téléphone; Portable; N° de tél.; Móvil; Celular; Teléfono
Cellulare; Telefono; Telemóvel; Telefone; Número; Telefoon; Mobiel; GSM; Telefon komórkowy; Komórka; Mobiltelefon; Telefonnr
Cep Telefonu; Telefon Numarası; Телефон; Мобильный; Номер телефона; Puhelin; Matkapuhelin; Τηλέφωνο; Κινητό; טלפון; No. HP
電話; 電話番号; 携帯; 電話號碼; 电话; 手机; 手机号码
هاتف; رقم الهاتف; الجوال; 휴대폰; 전화번호; मोबाइल नंबर; फ़ोन; Sampark; Telepon; โทรศัพท์
"""
OTHER_NAMES = """
Name; E-mail; City; Date; Fax; Business Fax; Telefax; Faksi; FAX番号; 传真; Факс; Télécopie; Pager
Phone 1 - Type; Phone 1 - Label; Phone type; Phone country code; Assistant's Phone; TTY/TDD Phone
Phonetic First Name; Prénom phonétique; Nome fonético
"""


def split(names: str) -> list[str]:
    return [name.strip() for name in names.replace("\n", ";").split(";") if name.strip()]


@pytest.mark.parametrize("title", split(NAMES))
def test_a_column_is_known_by_its_name(title: str) -> None:
    assert is_phone_name(title)


@pytest.mark.parametrize("title", split(OTHER_NAMES))
def test_a_column_of_something_else_is_not(title: str) -> None:
    assert not is_phone_name(title)


def test_a_letter_that_is_no_utf_8_late_in_the_file_loses_nothing() -> None:
    many = f"Ann,{A}\n" * 20_000
    assert len(found(b"name,phone\n" + many.encode() + f"Zoë,{B}\n".encode("cp1252"))) == 20_001
    utf_8 = "name,phone\n" + f"Zoë Müller,{A}\n" * 50
    table = contact_file.open_table(io.BytesIO(utf_8.encode() + b"Zo\xeb," + B.encode()))
    assert {row.cells[0] for row in table.rows} == {"Zoë Müller", "Zo\ufffd"}


def test_bytes_that_windows_1252_does_not_know_are_read() -> None:
    table = contact_file.open_table(io.BytesIO(b"name,phone\nZo\xeb \x81\x8d\x80," + A.encode() + b"\n"))
    assert [row.cells for row in table.rows] == [["Zoë \x81\x8d€", A]]


@pytest.mark.parametrize("wrapped", ['="{}"', "'{}", '"=""{}"""', " {} "])
def test_what_spreadsheets_put_around_a_number_is_understood(wrapped: str) -> None:
    content = f"name,phone\nAnn,{wrapped.format(A)}\nBen,{wrapped.format(B)}\n"
    assert numbers(content.encode()) == [A, B]


def test_numbers_that_a_spreadsheet_has_shortened_are_rejected_and_the_others_are_kept() -> None:
    content = f"id,phone\n123456789,4.47911E+11\n123456780,+1.4155550123E+10\n123456781,{B}\n"
    with contacts(content.encode()) as read:
        assert list(read.phones()) == [A, B]
        assert "4.47911E+11 has lost its last digits" in read.rejected.items[0].reason


def test_national_numbers_are_read_in_the_country_before_duplicates_are_dropped() -> None:
    content = f"name,phone\nAnn,(415) 555-0123\nAnn,{A}\nBen,415.555.0124\nCid,+44 20 7946 0000\n"
    with contacts(content.encode(), default_country="US") as read:
        assert (list(read.phones()), read.duplicates) == ([A, B, C], 1)
    assert numbers(content.encode()) == [A, C]


def test_more_rows_than_a_campaign_may_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("belltower_api.contact_file.MAX_CONTACTS", 2)
    assert len(found(f"{A}\n{B}\n".encode())) == 2
    for content in (f"{A}\n{B}\n\n{C}".encode(), workbook([[A], [B], [C]])):
        with pytest.raises(TooLarge, match="413: A file may have at most 2 rows"):
            found(content)


def test_a_row_that_does_not_end_is_refused_and_one_behind_a_quote_that_is_never_closed_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(Invalid, match="over 16,384 columns"):
        found(b"a," * 20_000)
    assert len(found(b",".join([A.encode()] * 20_000))) == 20_000
    monkeypatch.setattr("belltower_api.contact_file.text._LONGEST_ROW", 5000)
    with pytest.raises(Invalid, match="a row has more than 5,000 characters"):
        found(b"a," * 5000)
    open_quote = f'name,phone\nAnn,{A}\n"Ben,{B}\n' + f"Cid,{C}\n" * 400
    assert len(found(open_quote.encode())) == 402


def test_a_row_of_a_workbook_that_does_not_end_is_refused() -> None:
    long = "x" * 30_000
    with pytest.raises(TooLarge, match="more cells than can be read"):
        found(workbook([["Phone", "Note"], [A, "short"], [B, *[long] * 20], [C, *[long] * 20, long * 20]]))


# --- Workbooks ----------------------------------------------------------------------------------------------------------


def test_a_workbook_is_read_with_numbers_as_excel_keeps_them() -> None:
    content = workbook(
        [["Name", "Since", "VIP", "Mobile"], ["Ann", date(45000), True, 14155550123.0], ["Ben", None, False, f"{B} "]],
        first_row=3,
    )
    assert found(content, "x.xlsx") == [(4, "14155550123"), (5, B)]
    table = contact_file.open_table(io.BytesIO(content))
    assert [row.cells[:3] for row in table.rows] == [["Ann", "2023-03-15", "TRUE"], ["Ben", "", "FALSE"]]


def test_the_first_visible_sheet_with_content_is_read() -> None:
    content = workbook([["Phone"], [C]], [], [[None, ""]], [["Phone"], [A]], [["Phone"], [B]], hidden=[0])
    assert found(content) == [(2, A)]
    assert found(workbook([])) == []


@pytest.mark.parametrize("filename", ["x.csv", "x.txt", "x.xlsx", None])
def test_a_workbook_is_one_by_its_content(filename: str | None) -> None:
    assert found(workbook([[A], [B]]), filename) == [(1, A), (2, B)]


def test_a_workbook_may_be_a_list_of_numbers_in_rows_and_columns() -> None:
    assert found(workbook([[A, B], [C]])) == [(1, A), (1, B), (2, C)]


WHOLE = workbook([["Phone"], [A], [B]])
ARCHIVE = io.BytesIO()
with zipfile.ZipFile(ARCHIVE, "w") as _archive:
    _archive.writestr("people.csv", f"phone\n{A}\n")


@pytest.mark.parametrize(
    ("content", "filename", "said"),
    [
        (WHOLE[:-300], "x.xlsx", "cut off"),
        (WHOLE[:60], "x.csv", "cut off"),
        (WHOLE.replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet9.xml"), "x.xlsx", "no Excel workbook"),
        (ARCHIVE.getvalue(), "x.xlsx", "zip archive"),
        (ARCHIVE.getvalue(), "x.csv", "zip archive"),
        (f"phone\n{A}\n".encode(), "x.xlsx", "called .xlsx"),
        (b"", "x.xlsx", "called .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "x.xlsx", "password"),
        (b"%PDF-1.7\n+14155550123", "x.csv", "PDF"),
    ],
    # An archive holds the time, and so would a test's name.
    ids=["end lost", "beginning", "sheet lost", "zip", "zip as csv", "text", "nothing", "old or locked", "pdf"],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(content: bytes, filename: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refusal:
        found(content, filename)
    assert (refusal.value.field, refusal.value.code) == ("file", "invalid_file")


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.Popen", None)
    bomb = workbook([[A]], extra={"xl/media/image1.bin": bytes(12 * 2**20)})
    with pytest.raises(TooLarge, match="unpacks to 12 MB"):
        found(bomb)
    monkeypatch.setattr(workbook_module, "MAX_UNPACKED", 1000)
    with pytest.raises(TooLarge, match="unpacks to"):
        found(WHOLE)


def test_a_workbook_that_claims_more_cells_than_fit_into_memory_is_read_for_what_it_holds() -> None:
    far = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as whole, zipfile.ZipFile(far, "w") as archive:
        for member in whole.infolist():
            content = whole.read(member)
            last = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
            archive.writestr(member.filename, content.replace(b"</sheetData>", last))
    assert found(far.getvalue()) == [(2, A), (3, B), (1048576, "")]


# --- Any table ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """A way to write a table down."""

    delimiter: str
    encoding: str
    end: str
    quotes_all: bool


ways = st.builds(
    Written,
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quotes_all=st.booleans(),
)
cells = st.text(alphabet=" abcäßÉ€\",;\t|\n'", max_size=12)


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=130),
    title=st.sampled_from(["Mobile", "Téléphone", "phone_number", "Número de móvil"]),
    way=ways,
)
@example(rows=[("", "")], title="Mobile", way=Written(";", "utf-16-le", "\r", quotes_all=False))
def test_any_table_reads_back_the_same_numbers(rows: list[tuple[str, str]], title: str, way: Written) -> None:
    """The oracle is the writer: Python's csv."""
    file = io.StringIO(newline="")
    # Python's writer leaves a new line without quotes when lines end otherwise.
    quotes_all = way.quotes_all or way.end == "\r"
    writer = csv.writer(
        file,
        delimiter=way.delimiter,
        lineterminator=way.end,
        quoting=csv.QUOTE_ALL if quotes_all else csv.QUOTE_MINIMAL,
    )
    writer.writerow(["Name", title, "Note"])
    written = [f"+1415555{index:04d}" for index in range(len(rows))]
    writer.writerows([name, number, note] for number, (name, note) in zip(written, rows, strict=True))

    assert [entry for _, entry in found(file.getvalue().encode(way.encoding))] == written


@settings(deadline=None, max_examples=15)
@given(cut=st.integers(0, len(WHOLE)), noise=st.binary(max_size=40))
def test_no_damaged_workbook_raises_anything_but_a_refusal(cut: int, noise: bytes) -> None:
    with contextlib.suppress(Invalid, TooLarge):
        found(WHOLE[:cut] + noise + WHOLE[cut + len(noise) :])
