"""Performs the TwiML of a call: what the callee hears, or the stream that the call is connected to.

Source: twilio.com/docs/voice/twiml.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree import ElementTree


@dataclass(frozen=True, slots=True)
class Stream:
    """A WebSocket that a call was connected to, and what it was told."""

    url: str
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True)
class Performance:
    """What happened on the line. Words are joined with a space."""

    heard: str = ""
    stream: Stream | None = None


class TwimlError(Exception):
    """The document cannot be performed; `str()` says why."""


@dataclass(slots=True)
class _Stage:
    words: list[str] = field(default_factory=list)
    stream: Stream | None = None


@lru_cache(maxsize=512)
def perform(document: str) -> Performance:
    """Perform a TwiML document. Raises `TwimlError`."""
    if "<!DOCTYPE" in document or "<!ENTITY" in document:
        raise TwimlError("TwiML has no document type and no entities.")
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - entities are refused above
    except ElementTree.ParseError as error:
        raise TwimlError(f"The TwiML is not well-formed XML: {error}.") from None
    if root.tag != "Response":
        raise TwimlError(f"TwiML starts with <Response>, not with <{root.tag}>.")
    stage = _Stage()
    for verb in root:
        if not _play(verb, stage):
            break
    return Performance(" ".join(stage.words), stage.stream)


def _play(verb: ElementTree.Element, stage: _Stage) -> bool:
    """Play one verb; False ends the document (what follows is never reached)."""
    match verb.tag:
        case "Say":
            stage.words.extend(_text(verb))
        case "Pause":
            pass
        case "Connect":
            stream = verb.find("Stream")
            if stream is None or not stream.get("url"):
                raise TwimlError("<Connect> needs a <Stream> with a url.")
            stage.stream = Stream(
                stream.get("url", ""), {p.get("name", ""): p.get("value", "") for p in stream.iter("Parameter")}
            )
            return False
        case "Hangup":
            return False
        case _:
            raise TwimlError(f"The simulated carrier does not play <{verb.tag}>.")
    return True


def _text(verb: ElementTree.Element) -> Iterator[str]:
    text = " ".join("".join(verb.itertext()).split())
    if text:
        yield text
