"""What no real carrier offers: the truth about every call, and a say in how the network behaves. Without credentials."""

from json import JSONDecodeError
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from belltower_carrier.behaviour import Behaviour
from belltower_carrier.exchange import Exchange
from belltower_carrier.truth import item

_LIMIT = 1_000
_LARGEST_LIMIT = 10_000


class SimulatorApi:
    """The routes under /_simulator."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> list[Route]:
        """All routes."""
        return [
            Route("/_simulator/calls", self._calls, methods=["GET"]),
            Route("/_simulator/behaviour", self._show, methods=["GET"]),
            Route("/_simulator/behaviour", self._set, methods=["PUT"]),
            Route("/_simulator/behaviour", self._reset, methods=["DELETE"]),
        ]

    async def _calls(self, request: Request) -> Response:
        """The ground truth, oldest request first; `next_cursor` is null on the last page."""
        query = request.query_params
        limit, cursor = query.get("limit", str(_LIMIT)), query.get("cursor", "0")
        problems = [f"There is no filter {key!r}; use to, from, limit, cursor." for key in query if key not in _FILTERS]
        if not limit.isdecimal() or not 1 <= int(limit) <= _LARGEST_LIMIT:
            problems.append(f"limit is a number from 1 to {_LARGEST_LIMIT}, not {limit!r}.")
        if not cursor.isdecimal():
            problems.append(f"cursor is the next_cursor of an earlier answer, not {cursor!r}.")
        if problems:
            return _invalid(problems)
        caller_id = query.get("from")
        found: list[dict[str, Any]] = []
        following = None
        for call in self._exchange.truth.oldest_first(int(cursor), query.get("to")):
            if caller_id is not None and call.caller_id != caller_id:
                continue
            if len(found) == int(limit):
                following = str(call.number)
                break
            found.append(item(call))
        return JSONResponse({"items": found, "next_cursor": following})

    async def _show(self, _: Request) -> Response:
        return JSONResponse(self._exchange.behaviour.model_dump(mode="json"))

    async def _set(self, request: Request) -> Response:
        """Replace the behaviour; what is not given has its default."""
        try:
            behaviour = Behaviour.model_validate(await request.json())
        except (JSONDecodeError, UnicodeDecodeError):
            return _invalid(['The body is not JSON; send an object such as {"ring_seconds": [1, 3]}.'])
        except ValidationError as error:
            return _invalid(_sentences(error))
        self._exchange.behave(behaviour)
        return await self._show(request)

    async def _reset(self, request: Request) -> Response:
        self._exchange.behave(Behaviour())
        return await self._show(request)


_FILTERS = frozenset({"to", "from", "limit", "cursor"})


def _invalid(problems: list[str]) -> Response:
    return JSONResponse({"errors": problems}, status_code=400)


def _sentences(error: ValidationError) -> list[str]:
    sentences = []
    for problem in error.errors():
        place = ".".join(str(part) for part in problem["loc"]) or "The behaviour"
        if problem["type"] == "extra_forbidden":
            known = ", ".join(_known(problem["loc"][:-1]))
            sentences.append(f"{place} is not a setting; the settings are {known}.")
        else:
            message = problem["msg"].removeprefix("Value error, ").rstrip(".")
            sentences.append(f"{place}: {message[:1].lower()}{message[1:]}.")
    return sentences


def _known(place: tuple[int | str, ...]) -> list[str]:
    model = Behaviour
    for part in place:
        model = Behaviour.model_fields[str(part)].annotation  # type: ignore[assignment]
    return sorted(model.model_fields)
