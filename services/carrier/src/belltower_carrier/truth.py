"""The ground truth: every call that was ever accepted, in the order of the requests.

In memory it is bounded: the oldest ended calls are forgotten first (about 1 KB a call). Written to a file as well (JSON lines,
flushed at once, so that `kill -9` loses nothing), each line is a whole call as it stood; the last line of a sid counts.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import structlog

from belltower_carrier.behaviour import Outcome, Plan
from belltower_carrier.call import LIVE, Call, Order, Progress, Status
from belltower_carrier.times import rfc3339
from belltower_carrier.twiml import Stream

log = structlog.get_logger(__name__)

_INSTANTS = ("requested_at", "dialled_at", "rang_at", "answered_at", "ended_at")


class TruthLog:
    """All calls, found by sid, by number called, or page by page."""

    def __init__(self, limit: int, file: Path | None = None) -> None:
        """Raises `OSError` when the file cannot be read or written."""
        self._limit = limit
        self._calls: list[Call] = []
        self._first = 0
        """The number of the first call still kept."""
        self._by_sid: dict[str, Call] = {}
        self._by_to: dict[str, list[Call]] = {}
        self._file: IO[str] | None = None
        if file is not None:
            if file.exists():
                self._read(file)
            self._file = file.open("a", encoding="utf-8")

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def next_number(self) -> int:
        """The number of the call that will be added next."""
        return self._first + len(self._calls)

    def add(self, call: Call) -> None:
        """Add a call that was just accepted."""
        self._keep(call)
        self.save(call)
        if len(self._calls) > self._limit * 1.01:
            self._forget(len(self._calls) - self._limit)

    def save(self, call: Call) -> None:
        """Write down how a call stands now."""
        if self._file is not None:
            self._file.write(json.dumps(_record(call), separators=(",", ":")) + "\n")
            self._file.flush()

    def get(self, sid: str) -> Call | None:
        """The call with this id."""
        return self._by_sid.get(sid)

    def to(self, number: str) -> list[Call]:
        """The calls to a number, oldest first."""
        return self._by_to.get(number, [])

    def live(self) -> list[Call]:
        """The calls that have not ended."""
        return [call for call in self._calls if call.status in LIVE]

    def oldest_first(self, start: int, to: str | None = None) -> Iterator[Call]:
        """The calls from number `start` on, all of them or those to one number."""
        if to is not None:
            yield from (call for call in self.to(to) if call.number >= start)
            return
        for index in range(max(start - self._first, 0), len(self._calls)):
            yield self._calls[index]

    def newest_first(self, before: int | None, to: str | None = None) -> Iterator[Call]:
        """The calls whose number is below `before` (None: all), all of them or those to one number."""
        if to is not None:
            yield from (call for call in reversed(self.to(to)) if before is None or call.number < before)
            return
        end = len(self._calls) if before is None else min(max(before - self._first, 0), len(self._calls))
        for index in range(end - 1, -1, -1):
            yield self._calls[index]

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _keep(self, call: Call) -> None:
        self._calls.append(call)
        self._by_sid[call.sid] = call
        self._by_to.setdefault(call.to, []).append(call)

    def _forget(self, count: int) -> None:
        """Forget the oldest calls, up to the first that still lives."""
        for index, call in enumerate(self._calls[:count]):
            if call.status in LIVE:
                count = index
                break
            del self._by_sid[call.sid]
            same = self._by_to[call.to]
            same.remove(call)
            if not same:
                del self._by_to[call.to]
        del self._calls[:count]
        self._first += count

    def _read(self, file: Path) -> None:
        """Read back what an earlier process wrote. A last line that was cut off is removed."""
        _end_with_a_whole_line(file)
        records: dict[str, dict[str, Any]] = {}
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                try:
                    record = json.loads(line)
                    records[record["sid"]] = record
                except (ValueError, KeyError, TypeError):
                    log.warning("unreadable_line_in_carrier_log", file=str(file))
        for record in records.values():
            self._keep(_call(self.next_number, record))
        if len(self._calls) > self._limit:
            self._forget(len(self._calls) - self._limit)


def _end_with_a_whole_line(file: Path) -> None:
    with file.open("r+b") as lines:
        size = whole = lines.seek(0, 2)
        while whole > 0:
            start = max(whole - 4096, 0)
            lines.seek(start)
            newline = lines.read(whole - start).rfind(b"\n")
            if newline >= 0:
                whole = start + newline + 1
                break
            whole = start
        if whole < size:
            lines.truncate(whole)


def item(call: Call) -> dict[str, Any]:
    """A call as `GET /_simulator/calls` shows it. Instants are RFC 3339, UTC."""
    return {
        "sid": call.sid,
        "to": call.to,
        "from": call.caller_id,
        "attempt_id": call.attempt_id,
        "status": call.status,
        **{name: None if (at := getattr(call, name)) is None else rfc3339(at) for name in _INSTANTS},
        "heard": call.heard,
        "stream": asdict(call.stream) if call.stream else None,
        "pressed": call.pressed,
        "answered_by": call.answered_by,
    }


def _record(call: Call) -> dict[str, Any]:
    order = call.progress.order if call.progress else None
    return item(call) | {
        "sip_response": call.sip_response,
        "time_limit": order.time_limit if order else None,
        "callback": order.callback if order else None,
        "callback_events": sorted(order.callback_events) if order else None,
        "sequence": call.progress.sequence if call.progress else None,
    }


def _call(number: int, record: dict[str, Any]) -> Call:
    instants = {name: datetime.fromisoformat(record[name]).timestamp() if record[name] else None for name in _INSTANTS}
    call = Call(
        number=number,
        sid=record["sid"],
        to=record["to"],
        caller_id=record["from"],
        attempt_id=record["attempt_id"],
        status=Status(record["status"]),
        sip_response=record["sip_response"],
        heard=record["heard"],
        stream=Stream(**record["stream"]) if record["stream"] else None,
        pressed=record.get("pressed"),
        answered_by=record.get("answered_by"),
        **instants,  # type: ignore[arg-type]
    )
    if call.status in LIVE:
        order = Order(
            to=call.to,
            caller_id=call.caller_id,
            twiml="",
            time_limit=record["time_limit"],
            callback=record["callback"],
            callback_events=frozenset(record["callback_events"]),
        )
        call.progress = Progress(order, Plan(Outcome.FAILED, 0, 0, 0, nth=0), sequence=record["sequence"])
    return call
