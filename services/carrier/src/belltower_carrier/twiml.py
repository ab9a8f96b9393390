"""Performs the TwiML of a call: what the callee hears, or the stream that the call is connected to, or who wants a key.

Source: twilio.com/docs/voice/twiml.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree import ElementTree

_LARGEST = 2**16
"""Characters; Twilio takes documents of 64 KB."""


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
    key_wanted: str | None = None
    """The action of the `<Gather>` in which a key is pressed: what follows it is not played."""


class TwimlError(Exception):
    """The document cannot be performed; `str()` says why."""


@dataclass(slots=True)
class _Stage:
    presses: bool
    words: list[str] = field(default_factory=list)
    stream: Stream | None = None
    key_wanted: str | None = None


def perform(document: str, *, presses: bool = False) -> Performance:
    """Perform a TwiML document, for a callee who `presses` a key as soon as one is wanted. Raises `TwimlError`."""
    if len(document) > _LARGEST:
        raise TwimlError(f"The TwiML has more than {_LARGEST} characters.")
    if "<!DOCTYPE" in document or "<!ENTITY" in document:
        raise TwimlError("TwiML has no document type and no entities.")
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - entities are refused above
    except ElementTree.ParseError as error:
        raise TwimlError(f"The TwiML is not well-formed XML: {error}.") from None
    if root.tag != "Response":
        raise TwimlError(f"TwiML starts with <Response>, not with <{root.tag}>.")
    stage = _Stage(presses)
    for verb in root:
        if not _play(verb, stage):
            break
    return Performance(" ".join(stage.words), stage.stream, stage.key_wanted)


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
        case "Gather":
            action = _action(verb)
            for nested in verb:
                if nested.tag not in ("Say", "Pause"):
                    raise TwimlError(f"The simulated carrier plays no <{nested.tag}> in <Gather>.")
                _play(nested, stage)
            if stage.presses:
                stage.key_wanted = action
                return False
        case "Hangup":
            return False
        case _:
            raise TwimlError(f"The simulated carrier does not play <{verb.tag}>.")
    return True


def _action(gather: ElementTree.Element) -> str:
    """Where the key is posted."""
    asked = gather.get("input", "dtmf"), gather.get("numDigits"), gather.get("method", "POST")
    if asked != ("dtmf", "1", "POST"):
        raise TwimlError("The simulated carrier's <Gather> has input dtmf, numDigits 1 and method POST.")
    action = gather.get("action", "")
    parts = urlsplit(action)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TwimlError("<Gather> needs an absolute URL as its action: the call's document has no address.")
    return action


def _text(verb: ElementTree.Element) -> Iterator[str]:
    text = " ".join("".join(verb.itertext()).split())
    if text:
        yield text
