"""Lists of contacts as they are read: who is on them with what, who is not and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.lists import contacts
from tests.unit.test_api_contact_exports import EXPORTS

from belltower.domain.errors import Invalid
from belltower.domain.message import check_message
from belltower_api.contact_file import Wishes
from belltower_api.contact_file.layout import NO_WISHES
from belltower_api.contact_list import ContactList, Sampled, read_contacts
from belltower_api.schemas.list_fields import ListedContact
from belltower_api.schemas.rejection import LISTED

A, B, C = "+14155550123", "+14155550124", "+442079460000"


def read(content: str, wishes: Wishes = NO_WISHES) -> list[Sampled]:
    with contacts(content.encode(), wishes=wishes) as found:
        return found.sample


def of_message(template: str, *listed: ListedContact) -> ContactList:
    return read_contacts(None, listed, [], message=check_message(template), default_country=None, blamed="contacts")


@given(st.lists(st.one_of(st.sampled_from([A, B, C, "0044 2079460000"]), st.text(max_size=20)), max_size=60))
def test_every_entry_of_a_list_is_a_contact_a_duplicate_or_left_out(entries: list[str]) -> None:
    with ContactList() as found:
        for line, entry in enumerate(entries, start=1):
            found.add("phone_numbers", line, entry, None, {})
        phones = list(found.phones())

        assert len(phones) + found.duplicates + found.rejected.count == len(entries)
        assert len(set(phones)) == len(phones)
        assert {entry for entry in entries if entry in (A, B, C)} <= set(phones)
        assert sum(found.rejected.by_reason.values()) == found.rejected.count
        for rejected in found.rejected.items:
            assert entries[rejected.line - 1].startswith(rejected.value)


def test_the_first_of_two_writings_counts_and_the_order_is_kept() -> None:
    with ContactList() as found:
        for line, entry in enumerate(["+44 20 7946 0000", A, "0044 2079460000"]):
            found.add("phone_numbers", line, entry, None, {})
        assert (list(found.phones()), found.duplicates) == ([C, A], 1)


def test_rejections_beyond_the_first_hundred_are_counted_and_kept_for_the_download() -> None:
    with ContactList() as found:
        for line in range(1, 1001):
            found.add("file", line, "x", None, {})
        assert (found.rejected.count, len(found.rejected.items)) == (1000, LISTED)
        assert [row[1] for row in found.left_out] == [str(line) for line in range(1, 1001)]


@given(st.lists(st.tuples(st.text(max_size=20), st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8)))))
def test_rows_come_back_from_the_disk_as_they_were(values: list[tuple[str, dict[str, str]]]) -> None:
    with ContactList() as found:
        for line, (name, _) in enumerate(values):
            found.left_out.add("file", line, name.encode(errors="replace").decode(), None, "")
        assert [row[2] for row in found.left_out] == [name.encode(errors="replace").decode() for name, _ in values]


# --- Names and fields ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "names"),
    [
        ("Google Contacts", ["Ann Lee", "Ben Ode", "Cid Poe"]),
        ("Outlook", ["Ann Lee", "Ben Ode", "Cid Poe"]),
        ("HubSpot", ["Ann Lee", "Ben Ode", "Cid Poe"]),
        ("Excel, CSV in German", None),
    ],
)
def test_names_are_found_in_what_programs_export(program: str, names: list[str] | None) -> None:
    with contacts(EXPORTS[program]) as found:
        said = [contact.name for contact in found.sample]
    assert said == names if names else all(said)


@pytest.mark.parametrize(
    ("header", "cells", "name"),
    [
        ("Vorname,Name", "Ann,Lee", "Ann Lee"),
        ("First Name,Full Name", "Ann,Ann Lee", "Ann Lee"),
        ("Name,Firma", "Ann Lee,Acme", "Ann Lee"),
        ("Prénom,Nom", "Ann,Lee", "Ann Lee"),
        ("Nom,Ville", "Lee,Lyon", "Lee"),
        ("Nombre,Apellidos", "Ann,Lee Poe", "Ann Lee Poe"),
        ("first_name,last_name", "Ann,", "Ann"),
        ("ИМЯ,Фамилия", "Анна,Ли", "Анна Ли"),
        ("氏名,会社", "山田太郎,X", "山田太郎"),
        ("City,Note", "Rome,x", None),
    ],
)
def test_the_name_is_made_of_the_columns_that_are_called_so(header: str, cells: str, name: str | None) -> None:
    (contact,) = read(f"{header},Mobile\n{cells},{A}\n")
    assert contact.name == name


def test_other_columns_become_fields_and_empty_cells_do_not() -> None:
    ann, ben = read(f'Name,Mobile,Time,,Note,Time\nAnn,{A},10:00,x,"two\nlines",11:00\nBen,{B},,,,\n')
    assert ann.fields == {"Time": "10:00", "Column 4": "x", "Note": "two lines", "Time 2": "11:00"}
    assert (ann.name, ben.name, ben.fields) == ("Ann", "Ben", {})


def test_a_table_without_a_header_has_columns_by_their_position() -> None:
    assert read(f"Ann,{A}\nBen,{B}\n")[0] == Sampled(A, None, {"Column 1": "Ann"})


def test_a_mapping_says_what_columns_become() -> None:
    content = f"Who,Mobile,Office,Time,Note\nAnn,{A},{B},10:00,x\n"
    wishes = Wishes(phone_column="office", columns={"who": "Name", "Time": "slot", "Note": None})
    assert read(content, wishes) == [Sampled(B, "Ann", {"Mobile": A, "slot": "10:00"})]


@pytest.mark.parametrize(
    "columns", [{"Time": "x", "Note": "X"}, {"Time": "Phone"}, {"Time": "--"}], ids=["twice", "phone", "no name"]
)
def test_a_mapping_that_would_lose_values_is_refused(columns: dict[str, str | None]) -> None:
    with pytest.raises(Invalid) as refusal:
        read(f"Who,Mobile,Time,Note\nAnn,{A},10:00,x\n", Wishes(columns=columns))
    assert (refusal.value.field, refusal.value.code) == ("columns", "invalid_columns")


def test_columns_that_are_all_called_the_same_are_told_apart() -> None:
    many = 16_000
    content = ",".join(["Mobile", *["x"] * many]) + f"\n{A}" + ",1" * many + "\n"
    (contact,) = read(content, Wishes(columns={"x 15999": "last but one"}))
    assert contact.fields["last but one"] == "1"
    assert {"x", "x 2", "x 3"} <= set(contact.fields)


def test_a_list_may_be_read_as_a_table_of_one_of_its_columns() -> None:
    assert [contact.phone for contact in read(f"{A},{B}\n{C},{B}\n")] == [A, B, C]
    assert [contact.phone for contact in read(f"{A},{B}\n{C},{B}\n", Wishes(phone_column="Column 1"))] == [A, C]


@pytest.mark.parametrize(
    ("wishes", "field"), [(Wishes(phone_column="Fax"), "phone_column"), (Wishes(columns={"Fax": "x"}), "columns")],
    ids=["phone_column", "columns"],
)  # fmt: skip
def test_a_column_that_is_not_there_is_refused_with_those_that_are(wishes: Wishes, field: str) -> None:
    with pytest.raises(Invalid, match=r"no column 'Fax'\. It has these: Name, Mobile") as refusal:
        read(f"Name,Mobile\nAnn,{A}\n", wishes)
    assert (refusal.value.field, refusal.value.code) == (field, "unknown_column")


# --- What the message says of them --------------------------------------------------------------------------------------


def test_values_that_are_missing_are_counted_where_there_is_no_fallback() -> None:
    ann = ListedContact(phone=A, name="Ann", fields={"Time": "10:00"})
    ben = ListedContact(phone=B, fields={"time": ""})
    with of_message("Hi {{name}} {{name}}, at {{time|noon}}, {{plcae|there}}.", ann, ben) as found:
        said = {warning.placeholder: (warning.code, warning.contacts) for warning in found.warnings}
    assert said == {"name": ("missing_value", 1), "plcae": ("unknown_placeholder", 2)}


@pytest.mark.parametrize("message", ["Hi {{time}}, {{Time|noon}}.", "Hi {{time|noon}}, {{Time}}."])
def test_a_fallback_at_one_place_does_not_hide_that_another_has_none(message: str) -> None:
    ann = ListedContact(phone=A, fields={"Time": "10:00"})
    with of_message(message, ann, ListedContact(phone=B)) as found:
        assert [(warning.code, warning.contacts) for warning in found.warnings] == [("missing_value", 1)]


def test_a_contact_whose_message_would_be_too_long_is_left_out() -> None:
    long = ListedContact(phone=A, fields={f"f{index}": "&" * 999 for index in range(2)})
    with of_message("Hi {{f0}} {{f1|you}}", long, ListedContact(phone=B)) as found:
        assert list(found.phones()) == [B]
        assert found.rejected.by_reason == {"message_too_long": 1}
