"""The OpenAPI document: what clients are generated from."""

import ast
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import belltower_api
from belltower.domain import schedule
from belltower.domain.recurrence import reading
from belltower_api import openapi
from belltower_api.routes import (
    administrator,
    api_keys,
    archive,
    bulk,
    calendar,
    calendar_feeds,
    call_limits,
    caller,
    calling_hours,
    calls,
    campaigns,
    carrier_callbacks,
    contacts,
    dead_letters,
    do_not_call,
    duplicate,
    edit,
    imports,
    me,
    moves,
    preflight,
    preview,
    rejected,
    retry,
    series,
    session,
    stats,
    stream,
    test_calls,
    unknown_calls,
    wallet,
)
from belltower_api.schemas.values import shown_money

ROOT = Path(__file__).parents[2]
DOCUMENT: dict[str, Any] = json.loads(openapi.document())
OPERATIONS = [
    (method, path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]
READING = {"/api/campaigns/preflight", "/api/campaigns/preview", "/api/series/preview"}
"""A POST that changes nothing needs no key."""
OPEN = {"/api/session", "/api/administrator", "/api/calendar.ics"}
"""What one may ask before one is known."""
RESUMED = {"/api/stream": ["Last-Event-ID"]}
"""What goes on from where it broke off says where."""
HANDLERS: tuple[ModuleType, ...] = (
    campaigns,
    edit,
    duplicate,
    archive,
    bulk,
    preflight,
    preview,
    test_calls,
    imports,
    contacts,
    rejected,
    retry,
    moves,
    stats,
    calls,
    unknown_calls,
    do_not_call,
    caller,
    call_limits,
    calling_hours,
    dead_letters,
    stream,
    wallet,
    session,
    administrator,
    me,
    api_keys,
    carrier_callbacks,
    series,
    calendar,
    calendar_feeds,
)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_every_operation_is_named_like_its_function_and_says_what_can_go_wrong(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    assert any(inspect.iscoroutinefunction(getattr(module, operation["operationId"], None)) for module in HANDLERS)
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    failures = {status: response for status, response in operation["responses"].items() if status[0] != "2"}
    assert {"503", "default"} <= set(failures)
    for response in failures.values():
        assert response["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if path.startswith("/api"):
        keyed = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "header"]
        is_done_once = method == "post" and path not in READING | OPEN
        expected = ["If-Match"] if method == "patch" else RESUMED.get(path, [])
        assert keyed == (["Idempotency-Key"] if is_done_once else expected)
        assert operation.get("security") == (None if path in OPEN else [{"apiKey": []}, {"session": []}])
        assert path in OPEN or "401" in failures
        assert method == "get" or "403" in failures, "a page of another site is refused"


def test_whoever_names_an_import_is_told_that_it_may_be_gone() -> None:
    takers = set()
    for method, path, operation in OPERATIONS:
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        schema = DOCUMENT["components"]["schemas"].get(body.get("$ref", "").rpartition("/")[2], {})
        if "import_id" in schema.get("properties", {}):
            takers.add((method, path))
            assert "404" in operation["responses"], path
    assert ("post", "/api/campaigns") in takers


def test_the_document_is_written_to_the_file_that_is_named(tmp_path: Path) -> None:
    written = tmp_path / "openapi.json"
    command = [sys.executable, "-m", "belltower_api.openapi", str(written)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("", "")
    assert json.loads(written.read_text(encoding="utf-8")) == DOCUMENT


def test_the_frameworks_own_error_is_nowhere() -> None:
    text = json.dumps(DOCUMENT)
    said = {method for method, _, operation in OPERATIONS if "422" in operation["responses"]}
    assert said == {"post"}  # ours, of idempotency keys
    assert "HTTPValidationError" not in text
    assert "ValidationError" not in DOCUMENT["components"]["schemas"]


def test_every_reference_leads_somewhere() -> None:
    def references(node: object) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
            return own.union(*(references(value) for value in node.values()))
        return set().union(*(references(value) for value in node)) if isinstance(node, list) else set()

    schemas = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert references(DOCUMENT) <= schemas


def shown(schema: dict[str, Any]) -> bool:
    """Whether a person who reads it sees what a value may look like."""
    if schema.keys() & {"examples", "enum", "const", "$ref"}:
        return True
    inner = schema.get("anyOf", [schema.get("items", {})])
    return bool(inner[0]) and shown(inner[0])


def with_examples(node: object) -> Iterator[dict[str, Any]]:
    """Every schema in the document that has examples."""
    if isinstance(node, dict):
        if isinstance(node.get("examples"), list):
            yield node
        for value in node.values():
            yield from with_examples(value)
    elif isinstance(node, list):
        for value in node:
            yield from with_examples(value)


def test_every_field_of_every_body_has_an_example() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, value in schema.get("properties", {}).items()
        if not shown(value)
    ] == []


def test_every_body_is_one_of_our_schemas_or_has_an_example() -> None:
    for method, path, operation in OPERATIONS:
        bodies = [operation.get("requestBody", {})]
        bodies += [response for status, response in operation["responses"].items() if status[0] == "2"]
        for content in (content for body in bodies for content in body.get("content", {}).values()):
            assert shown(content["schema"]) or "example" in content, (method, path)


def test_every_example_is_valid() -> None:
    found = list(with_examples(DOCUMENT))
    for schema in found:
        validator = jsonschema_rs.validator_for(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": DOCUMENT["components"], **schema},
            validate_formats=True,
        )
        for example in schema["examples"]:
            assert validator.is_valid(example), (schema, example)
    assert len(found) > 100


def test_every_link_leads_to_an_operation_that_takes_its_parameter() -> None:
    takes = {
        operation["operationId"]: {each["name"] for each in operation.get("parameters", ())}
        for _, _, operation in OPERATIONS
    }
    links = [
        link
        for _, _, operation in OPERATIONS
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
    ]
    assert links
    for link in links:
        assert set(link["parameters"]) <= takes[link["operationId"]]


def test_no_parameter_can_be_null() -> None:
    schemas = [each["schema"] for _, _, operation in OPERATIONS for each in operation.get("parameters", ())]
    assert schemas
    assert not [
        schema for schema in schemas if schema.get("type") == "null" or {"type": "null"} in schema.get("anyOf", ())
    ]


def test_every_code_in_the_source_is_documented() -> None:
    documented = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    package = Path(belltower_api.__file__).parent
    sources = [*package.rglob("*.py"), Path(schedule.__file__), Path(reading.__file__)]
    codes: set[str] = set()
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) >= 2:
                position = {"Invalid": 1, "PydanticCustomError": 0}.get(node.func.id)
                if position is not None and isinstance(code := node.args[position], ast.Constant):
                    codes.add(str(code.value))
    assert len(codes) > 25
    assert [code for code in sorted(codes) if f"`{code}`" not in documented] == []


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "0.00"),
        ("100", "100.00"),
        ("1E+3", "1000.00"),
        ("0.040000", "0.04"),
        ("0.000001", "0.000001"),
        ("-1.25", "-1.25"),
    ],
)
def test_money_is_shown_with_two_places_or_as_many_as_it_has(amount: str, shown: str) -> None:
    assert shown_money(Decimal(amount)) == shown


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_shown_money_is_the_same_amount(amount: Decimal) -> None:
    assert Decimal(shown_money(amount)) == amount
