"""Which columns hold telephone numbers: by what they are called, in the languages that one meets, and by what they hold."""

import re
import string
import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from belltower_api.contact_file.rows import is_number, may_be_number

_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OF_A_GROUP = re.compile(r"(?:value|number|type|label|kind)$", re.IGNORECASE)
_BETWEEN = f"{string.whitespace}\u00a0-_.:"

MOBILE, PLAIN, PLACE, OTHER, WEAK = range(5)
"""Ranks of columns and labels: whose number is rung first."""


def _folded(text: str) -> str:
    """Without case and accents, as people leave them out themselves."""
    decomposed = unicodedata.normalize("NFKD", _CAMEL.sub(" ", text).casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _stems(text: str) -> tuple[str, ...]:
    return tuple(_folded(text).split())


# Words must be equal to one of these; or begin with one, as German and Swedish ones do; or hold one, where a language does not
# separate words.
_MOBILE_WORDS = frozenset(_stems("cell cel cellulaire handy handynummer portable gsm cep natel hp mob keitai"))
_MOBILE_STARTS = _stems(
    "mobil mobiel móvil celular cellular cellphone smartphone portátil telemóvel telemóveis komórk kännyk matkapuhelin ponsel "
    "whats мобил моб сотов κινητ נייד"
)
_MOBILE_PARTS = _stems(
    "mobile 携帯 手机 手機 移动电话 行動電話 モバイル スマホ ケータイ 휴대 핸드폰 جوال محمول موبايل متحرك موبائل मोबाइल มือถือ"
)
_PHONE_WORDS = frozenset(_stems("tel tlf tfn tfno fon fono msisdn dooravani doorbhash"))
_PHONE_STARTS = _stems("tel電話 tel番号 puhelin telpon telepon")
_PHONE_PARTS = _stems(
    "phone fone telefon téléphon telefoon rufnummer телефон τηλεφων טלפון 電話 电话 でんわ 전화 هاتف تلفون تليفون फोन फ़ोन โทร"
)
_WEAK_WORDS = frozenset(
    _stems(
        "number numbers no num nr nummer numero numer numara numarası číslo номер nomor contact contacts kontakt contacto "
        "contato contatto sampark"
    )
)
_WEAK_PARTS = _stems("号码 號碼 番号 번호 رقم नंबर")
"""These are also in what a customer's or a house's number is called."""
_NOT_WORDS = frozenset(
    _stems(
        "факс télécopie télécopieur pager beeper telex tty tdd isdn radio callback assistant assistants "
        "type typ tipo label kind code codes vorwahl prefix indicatif extension ext durchwahl "
        "verified status consent country pays land optin opt carrier operator provider model brand os platform"
    )
)
_NOT_STARTS = _stems("fax telefax faks telefaks faksi phonet fonet")
_NOT_PARTS = _stems("ファックス ファクス 传真 傳真 팩스 فاكس फैक्स факс")
"""Machines, what is said about a number, and how a name is spoken: "Phonetic Last Name"."""
_PLACE_WORDS = frozenset(
    _stems(
        "home work business office private privat privé landline domicile bureau travail casa lavoro trabajo trabalho "
        "comercial fijo fixe fisso festnetz festnetznummer geschäftlich geschäft dienstlich büro zuhause arbeit thuis werk "
        "zakelijk domowy służbowy ev iş рабочий домашний hem arbete"
    )
)
_OTHER_WORDS = frozenset(_stems("other main company andere autre otro outro altro sonstige firma emergency notfall"))
_LONGEST_LABEL = 64


def _titles(*titles: str) -> frozenset[str]:
    return frozenset(map(_title, titles))


def _title(text: str) -> str:
    return " ".join(_stems(text.replace("_", " ")))


_GIVEN_NAMES = _titles(
    "first name", "firstname", "given name", "givenname", "forename", "vorname", "prénom", "nombre",
    "primer nombre", "nome", "primeiro nome", "voornaam", "imię", "förnamn", "fornavn", "etunimi", "jméno",
    "keresztnév", "prenume", "όνομα", "имя", "ім'я", "שם פרטי", "الاسم الأول", "पहला नाम", "名", "이름",
    "nama depan", "ad",
)  # fmt: skip
_FAMILY_NAMES = _titles(
    "last name", "lastname", "family name", "familyname", "surname", "nachname", "familienname", "zuname",
    "nom", "nom de famille", "apellido", "apellidos", "cognome", "sobrenome", "apelido", "último nome",
    "achternaam", "nazwisko", "efternamn", "etternavn", "efternavn", "sukunimi", "příjmení", "vezetéknév",
    "nume", "επώνυμο", "фамилия", "прізвище", "שם משפחה", "اسم العائلة", "姓", "성", "nama belakang", "soyad",
    "soyadı",
)  # fmt: skip
_WHOLE_NAMES = _titles(
    "name", "full name", "fullname", "display name", "contact name", "customer name", "client name",
    "contact", "kontaktname", "vollständiger name", "anzeigename", "kunde", "nom complet", "nombre completo",
    "nombre y apellidos", "nome completo", "nome e cognome", "naam", "volledige naam", "imię i nazwisko",
    "namn", "navn", "nimi", "név", "celé jméno", "ονοματεπώνυμο", "фио", "полное имя", "піб", "שם", "שם מלא",
    "الاسم", "नाम", "姓名", "氏名", "名前", "お名前", "성명", "nama", "nama lengkap", "ad soyad", "adı soyadı",
)  # fmt: skip


_ZONES = _titles(
    "timezone", "time zone", "time zone name", "iana timezone", "iana time zone", "tz", "tzid", "zeitzone", "fuseau horaire",
    "zona horaria", "huso horario", "fuso orario", "fuso horário", "tijdzone", "strefa czasowa", "tidszon", "tidssone",
    "tidszone", "aikavyöhyke", "časové pásmo", "időzóna", "fus orar", "ζώνη ώρας", "часовой пояс", "часовий пояс",
    "אזור זמן", "المنطقة الزمنية", "समय क्षेत्र", "时区", "時區", "タイムゾーン", "시간대", "zona waktu", "saat dilimi",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PhoneColumn:
    """A column in which numbers stand."""

    index: int
    """From 0."""
    rank: int
    """By its name; the lower the better."""
    label: int | None = None
    """Another column that says for each row which kind of number this is, as in the exports of Google Contacts."""

    def rank_in(self, cells: Sequence[str]) -> int | None:
        """Its rank in a row; None when the row's label says that nobody answers there."""
        label = cells[self.label].strip() if self.label is not None and self.label < len(cells) else ""
        return _rank_by_label(self.rank, label[:_LONGEST_LABEL]) if label else self.rank


@lru_cache(maxsize=1024)
def _rank_by_label(rank: int, label: str) -> int | None:
    if _excludes(label):
        return None
    return MOBILE if _is_mobile(label) else max(rank, _place(label))


def is_phone_name(title: str) -> bool:
    """Whether a column that is called so may hold telephone numbers."""
    return _rank(title) is not None


def phone_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[PhoneColumn, ...]:
    """The columns of numbers, the best first; at least one, unless there is no column at all.

    Those that are named for it and hold numbers; else the one that holds most; else the one that is named. The columns after
    the first are for contacts that have nothing in it: an address book has the mobile of some and the office of others.
    """
    width = max((len(row) for row in (header, *rows)), default=0)
    columns = [[row[index] for row in rows if index < len(row)] for index in range(width)]
    ranks = {index: rank for index, title in enumerate(header) if (rank := _rank(title)) is not None}
    strong = [index for index in ranks if ranks[index] < WEAK]
    holding = [index for index in strong if any(map(may_be_number, columns[index]))]
    if holding:
        # Those that happen to be empty in the sample may not be so further down.
        empty = [index for index in strong if not any(cell.strip() for cell in columns[index])]
        chosen = sorted([*holding, *empty], key=lambda index: (ranks[index], index))
        labels = _labels(header)
        return tuple(PhoneColumn(index, ranks[index], _label(header[index], labels)) for index in chosen)
    numbers = [sum(map(is_number, column)) for column in columns]
    weak = max((index for index in ranks if numbers[index]), key=lambda index: numbers[index], default=None)
    if weak is None and any(numbers):
        weak = max(range(width), key=lambda index: numbers[index])
    if weak is None:
        weak = min(ranks, key=lambda index: ranks[index], default=0)
    return (PhoneColumn(weak, ranks.get(weak, WEAK)),) if width else ()


def name_columns(header: Sequence[str]) -> tuple[int, ...]:
    """The columns of which somebody's name is made, in the order in which they are read out; none when none is called so."""
    titles = {_title(title): index for index, title in reversed([*enumerate(header)])}
    given, family, whole = (
        next((titles[title] for title in titles if title in wanted), None)
        for wanted in (_GIVEN_NAMES, _FAMILY_NAMES, _WHOLE_NAMES)
    )
    if given is not None and family is None:
        family = whole  # "Vorname" beside "Name"
    parts = (whole,) if given is None and whole is not None else (given, family)
    return tuple(dict.fromkeys(part for part in parts if part is not None))


def zone_column(header: Sequence[str]) -> int | None:
    """The column that says in which time zone somebody is; None when none is called so."""
    return next((index for index, title in enumerate(header) if _title(title) in _ZONES), None)


def _label(title: str, labels: Mapping[str, int]) -> int | None:
    """The column of the labels of a column: "Phone 1 - Type" or "Phone 1 - Label" of "Phone 1 - Value"."""
    group, _ = _group(title)
    return labels.get(group)


def _labels(header: Sequence[str]) -> dict[str, int]:
    """The columns of labels, by the group that they belong to; of two the first."""
    groups = [(index, *_group(title)) for index, title in enumerate(header)]
    return {group: index for index, group, kind in reversed(groups) if group and kind in ("type", "label", "kind")}


def _group(title: str) -> tuple[str, str]:
    """What a title such as "Phone 1 - Type" is about, and what it says of that; nothing when it is no such title."""
    title = title.strip()
    kind = _OF_A_GROUP.search(title)
    return (title[: kind.start()].rstrip(_BETWEEN), kind[0].casefold()) if kind else ("", "")


def _rank(title: str) -> int | None:
    """How good a column of this name is; None when it does not sound like one of numbers."""
    if _excludes(title):
        return None
    if _is_mobile(title):
        return MOBILE
    if _speaks_of(title, _PHONE_WORDS, _PHONE_STARTS, _PHONE_PARTS):
        return _place(title)
    return WEAK if _speaks_of(title, _WEAK_WORDS, (), _WEAK_PARTS) else None


def _excludes(title: str) -> bool:
    return _speaks_of(title, _NOT_WORDS, _NOT_STARTS, _NOT_PARTS)


def _is_mobile(title: str) -> bool:
    return _speaks_of(title, _MOBILE_WORDS, _MOBILE_STARTS, _MOBILE_PARTS)


def _speaks_of(title: str, words: Set[str], starts: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    folded = _folded(title)
    if any(word in words or word.startswith(starts) for word in _WORD.findall(folded)):
        return True
    return any(part in folded for part in parts)


def _place(title: str) -> int:
    words = set(_WORD.findall(_folded(title)))
    if words & _OTHER_WORDS:
        return OTHER
    return PLACE if words & _PLACE_WORDS else PLAIN
