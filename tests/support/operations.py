"""The API's operations as its own description lists them, each with a request that fits: what tests bend and break."""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx

from belltower_api.openapi import document

Place = tuple[str | int, ...]
"""Where in a body something stands."""
FORM = "multipart/form-data"
_IDS = ("import_id", "ids", "campaign_id", "series_id", "id")


@dataclass(frozen=True)
class Operation:
    """An operation for accounts, and one request that fits its description."""

    name: str
    method: str
    path: str
    path_parameters: tuple[str, ...]
    query: Mapping[str, Any]
    """Parameters of the query, each with an example."""
    headers: tuple[str, ...]
    media_type: str | None = None
    body: Any = None
    """What is sent, with everything in it that may be."""
    required: frozenset[str] = field(default=frozenset())

    def at(self, ids: Mapping[str, str]) -> str:
        """Its path with these ids."""
        return self.path.format(**ids)

    async def ask(
        self, client: httpx.AsyncClient, ids: Mapping[str, str], body: Any = ..., **options: Any
    ) -> httpx.Response:
        """Send it, with a body of its own unless another is given."""
        headers = {"If-Match": "*"} if "If-Match" in self.headers else {}
        headers |= options.pop("headers", {})
        content: dict[str, Any] = {}
        if self.media_type == FORM:
            fields = self.body if body is ... else body
            content = {"data": {name: value for name, value in fields.items() if name != "file"}}
            content["files"] = {"file": ("people.csv", "+14155550123\n")}
        elif self.media_type is not None:
            # As text, because what is no JSON by the book (NaN, half of a surrogate pair) is sent as well.
            content = {"content": json.dumps(self.body if body is ... else body)}
            headers["Content-Type"] = self.media_type
        return await client.request(self.method, self.at(ids), headers=headers, **content, **options)


@cache
def operations() -> tuple[Operation, ...]:
    """All that accounts may ask for, but for the stream, which never ends."""
    described = json.loads(document())
    return tuple(
        _operation(described, method, path, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/api/") and path != "/api/stream"
    )


def places(body: Any, at: Place = ()) -> Iterator[Place]:
    """Where single values stand in a body."""
    if isinstance(body, dict | list) and body:
        for key, value in body.items() if isinstance(body, dict) else enumerate(body):
            yield from places(value, (*at, key))
    elif at:
        yield at


def replaced(body: Any, place: Place, value: Any) -> Any:
    """The body with another value at a place."""
    changed = copy.deepcopy(body)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return changed


def ids_in(operation: Operation) -> list[Place]:
    """Where in an operation's body the ids of something stand."""
    if not isinstance(operation.body, dict):
        return []
    return [place for place in places(operation.body) if any(str(key) in _IDS for key in place)]


def _operation(described: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> Operation:
    parameters = operation.get("parameters", ())
    content = operation.get("requestBody", {}).get("content", {})
    media_type = next(iter(content), None)
    schema = _resolved(described, content[media_type]["schema"]) if media_type else {}
    return Operation(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        path_parameters=tuple(each["name"] for each in parameters if each["in"] == "path"),
        query={each["name"]: _example(described, each["schema"]) for each in parameters if each["in"] == "query"},
        headers=tuple(each["name"] for each in parameters if each["in"] == "header"),
        media_type=media_type,
        body=_full_example(described, schema) if media_type else None,
        required=frozenset(schema.get("required", ())),
    )


def _full_example(described: dict[str, Any], schema: dict[str, Any]) -> Any:
    whole: dict[str, Any] = next(iter(schema.get("examples", ())), {})
    return {name: _example(described, each) for name, each in schema.get("properties", {}).items()} | whole


def _example(described: dict[str, Any], schema: dict[str, Any]) -> Any:
    schema = _resolved(described, schema)
    for given in ("examples", "enum"):
        if schema.get(given):
            return schema[given][0]
    if "default" in schema:
        return schema["default"]
    match schema.get("type"):
        case "object" if "properties" in schema:
            return _full_example(described, schema)
        case "array":
            return [_example(described, schema["items"])]
        case "boolean":
            return False
        case "integer" | "number":
            return schema.get("minimum", 1)
        case _:
            return "x"


def _resolved(described: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        inner = described
        for part in schema["$ref"].removeprefix("#/").split("/"):
            inner = inner[part]
        return {**_resolved(described, inner), **{key: value for key, value in schema.items() if key != "$ref"}}
    options = [each for each in schema.get("anyOf", schema.get("oneOf", ())) if each.get("type") != "null"]
    if options:
        beside = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
        return {**_resolved(described, options[0]), **beside}
    return schema
