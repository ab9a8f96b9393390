"""In which encoding a text is written: as somebody says, or found out.

Excel saves CSV in the code page of its language. Where that is none of Unicode, the text is most likely in Windows-1252, and
another is believed only if it is clearly likelier (chardet knows how letters follow each other in which language).
"""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal

EncodingName = Literal[
    "utf-8",
    "utf-16",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "shift_jis",
    "euc-kr",
    "gb18030",
    "big5",
]
"""As the Encoding Standard (encoding.spec.whatwg.org) calls them, which means the code pages of Windows by `shift_jis`,
`euc-kr` and `big5`."""

_CHUNK = 2**16
_LATIN = "belltower.latin-1"
"""What to do about the five bytes that Windows-1252 leaves undefined."""
_MISPRINTS = 0.1
"""Of all letters beyond ASCII, how many may be broken before text is not UTF-8 with a few bad bytes but something else."""
_UTF_16_SHARE = 0.1
"""Even in text of other scripts this part of UTF-16 is digits, separators and line ends, of which one byte is zero."""
_BETWEEN_WORDS = re.compile(rb'[\s",;]+')
"""None of these bytes is a part of a letter in any of the encodings. (A pipe is.)"""
_SAMPLED = 2**16
"""Bytes of different words that are looked at."""
_FEWEST = 3
"""Words by which a language can be known at all."""
_LIKELIER = 1.6
"""How much likelier than Windows-1252 another encoding must be. With less, some short lists in French and Spanish are taken for
Hungarian; with more, some in Romanian and Croatian for Western ones. Measured on tests/support/names.py: of lists of eight
people two in 270 are misread."""


def _as_latin(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error(_LATIN, _as_latin)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How bytes become text."""

    name: EncodingName
    codec: str
    """As Python calls it."""
    errors: str = "replace"


_UTF_8 = Encoding("utf-8", "utf-8-sig")
_WESTERN = Encoding("windows-1252", "cp1252", _LATIN)
_LEGACY = (
    _WESTERN,
    Encoding("windows-1250", "cp1250"),
    Encoding("windows-1251", "cp1251"),
    Encoding("windows-1253", "cp1253"),
    Encoding("windows-1254", "cp1254"),
    Encoding("windows-1255", "cp1255"),
    Encoding("windows-1256", "cp1256"),
    Encoding("shift_jis", "cp932"),
    Encoding("euc-kr", "cp949"),
    Encoding("gb18030", "gb18030"),
    Encoding("big5", "cp950"),
)
_SAID = {encoding.name: encoding for encoding in (_UTF_8, *_LEGACY)}
_FOUND = {"big5hkscs" if each.name == "big5" else each.codec: each for each in _LEGACY}
"""By chardet's names."""


def encoding_of(file: BinaryIO, said: EncodingName | None = None) -> Encoding:
    """What all of a file can be read in: a list may be English for ten thousand rows, and then comes Zoë."""
    if said is not None and said != "utf-16":
        return _SAID[said]
    file.seek(0)
    start = file.read(_CHUNK)
    if wide := _utf_16(start):
        return wide
    if said is not None:
        return Encoding("utf-16", "utf-16-le")
    return _UTF_8 if _is_utf_8(file) else _legacy(_words(file))


def _utf_16(start: bytes) -> Encoding | None:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16", "utf-16")
    first, second = start[::2].count(0), start[1::2].count(0)
    enough = len(start) / 2 * _UTF_16_SHARE
    if second > enough and second > 20 * first:
        return Encoding("utf-16", "utf-16-le")
    if first > enough and first > 20 * second:
        return Encoding("utf-16", "utf-16-be")
    return None


def _is_utf_8(file: BinaryIO) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    beyond_ascii = broken = 0
    chunk = file.read(_CHUNK)
    while chunk:
        following = file.read(_CHUNK)
        text = decoder.decode(chunk, final=not following)
        if not text.isascii():
            beyond_ascii += len(text) - len(text.encode("ascii", "ignore"))
            broken += text.count("\ufffd")
        chunk = following
    return broken <= beyond_ascii * _MISPRINTS


def _words(file: BinaryIO) -> Sequence[bytes]:
    """The first words that are not ASCII, each once: in them is all that tells one encoding from another."""
    file.seek(0)
    found: dict[bytes, None] = {}
    size = 0
    rest = b""
    while size < _SAMPLED:
        chunk = file.read(_CHUNK)
        text = rest + chunk
        rest = b""
        if not text.isascii():
            *words, rest = _BETWEEN_WORDS.split(text)
            if not chunk or len(rest) > _CHUNK:  # the end, or no words at all
                words, rest = [*words, rest], b""
            for word in words:
                if not word.isascii() and word not in found:
                    found[word] = None
                    size += len(word)
        if not chunk:
            break
    return list(found)


def _legacy(words: Sequence[bytes]) -> Encoding:
    """Of the code pages the likeliest. Those that read the words alike are not told apart."""
    if len(words) < _FEWEST:
        return _WESTERN
    scores = _scores(words)
    best = max(scores, key=lambda encoding: scores[encoding], default=_WESTERN)
    telling = [word for word in words if word.decode(best.codec, "replace") != word.decode("cp1252", "replace")]
    for each in (scores, _scores(telling) if telling else {}):
        if each.get(best, 0) <= _LIKELIER * each.get(_WESTERN, 0):
            return _WESTERN
    return best


def _scores(words: Sequence[bytes]) -> dict[Encoding, float]:
    """How likely each encoding is that can be at all."""
    import chardet  # few files ask for it, and what it knows of languages takes memory

    found = chardet.detect_all(
        b"\n".join(words),
        ignore_threshold=True,
        max_bytes=2 * _SAMPLED,
        prefer_superset=True,
        compat_names=False,
        include_encodings=_FOUND,
    )
    return {_FOUND[each["encoding"]]: each["confidence"] for each in found if each["encoding"] in _FOUND}
