"""JSON merge patches: the examples of RFC 7396, its rules against another writing of them, and what null means to a schema."""

import copy
from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from belltower_api.merge_patch import merged, patched

# RFC 7396, appendix A.
EXAMPLES: list[tuple[Any, Any, Any]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x"])
names = st.sampled_from("abcd")
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)


@pytest.mark.parametrize(("document", "patch", "result"), EXAMPLES)
def test_the_examples_of_the_rfc(document: Any, patch: Any, result: Any) -> None:
    assert merged(document, patch) == result


def leaves(patch: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """What a patch says, one instruction after the other: set this there; None takes it away. An object is there at least."""
    if not isinstance(patch, dict):
        return [(path, patch)]
    found: list[tuple[tuple[str, ...], Any]] = [(path, ...)]
    for name, value in patch.items():
        found += leaves(value, (*path, name))
    return found


def oracle(document: Any, patch: Any) -> Any:
    """The same by instructions instead of recursion."""
    root = {"root": copy.deepcopy(document)}
    for path, value in leaves(patch):
        holder: Any = root
        for name in ("root", *path)[:-1]:
            holder = holder[name]
        last = ("root", *path)[-1]
        if value is ...:
            if not isinstance(holder.get(last), dict):
                holder[last] = {}
        elif value is None and path:
            holder.pop(last, None)
        else:
            holder[last] = value
    return root["root"]


@given(documents, documents)
def test_a_patch_does_what_it_says_and_leaves_its_document_alone(document: Any, patch: Any) -> None:
    before = copy.deepcopy((document, patch))
    assert merged(document, patch) == oracle(document, patch)
    assert (document, patch) == before


@given(documents, documents)
def test_a_patch_that_is_sent_twice_changes_nothing_more(document: Any, patch: Any) -> None:
    once = merged(document, patch)
    assert merged(once, patch) == once


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    days: int
    hours: int = 8


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    size: int = 3
    grace: int | None = 60
    inner: Inner | None = None
    delays: dict[str, int | None] = {}


DOCUMENT = {"name": "x", "size": 9, "grace": 5, "inner": {"days": 1, "hours": 2}, "delays": {"busy": 5, "failed": 6}}


def test_null_is_the_default_of_a_new_document_unless_the_value_may_be_null() -> None:
    assert patched(Thing, DOCUMENT, {"size": None}).size == 3
    assert patched(Thing, DOCUMENT, {"grace": None}).grace is None
    assert patched(Thing, DOCUMENT, {"inner": None}).inner is None


def test_null_is_a_value_in_an_object_whose_values_may_be_null() -> None:
    assert patched(Thing, DOCUMENT, {"delays": {"busy": None}}).delays == {"busy": None, "failed": 6}
    assert patched(Thing, DOCUMENT, {"delays": None}).delays == {}


def test_of_an_object_a_part_may_be_sent() -> None:
    assert patched(Thing, DOCUMENT, {"inner": {"hours": 4}}).inner == Inner(days=1, hours=4)


@pytest.mark.parametrize(
    ("patch", "where"),
    [
        ({"name": None}, ("body", "name")),
        ({"size": "4"}, ("body", "size")),
        ({"inner": {"days": None}}, ("body", "inner", "days")),
        ({"other": 1}, ("body", "other")),
    ],
)
def test_what_comes_of_it_is_looked_at_as_a_whole(patch: Any, where: tuple[str, ...]) -> None:
    with pytest.raises(RequestValidationError) as refused:
        patched(Thing, DOCUMENT, patch)
    assert [error["loc"] for error in refused.value.errors()] == [where]
