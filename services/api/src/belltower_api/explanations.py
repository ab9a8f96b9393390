"""What is wrong with a request, said so that a person knows what to send instead: pydantic's errors in our words."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request

from belltower_api.schemas.problem import FieldError
from belltower_api.schemas.values import MAX_FIELDS, models_in

_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class _Where:
    """Where in the request something is wrong."""

    pointer: str
    name: str


def _where(location: Sequence[str | int]) -> _Where:
    """Where pydantic's location is; of the name of an entry that is wrong itself it ends with "[key]"."""
    is_a_name = location[-1] == "[key]"
    inside = location[1:-1] if is_a_name else location[1:]
    parts = [str(part)[:_LONGEST_NAME] for part in inside]
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
    shown = inside[:-1] if is_a_name else inside
    names = [f"[{part}]" if isinstance(part, int) else f".{part[:_LONGEST_NAME]}" for part in shown]
    name = "".join(names).removeprefix(".") or "The body"
    return _Where(pointer, f"A name in {name}" if is_a_name else name)


def field_error(request: Request, error: Mapping[str, Any]) -> FieldError:
    """One of pydantic's errors about a request."""
    where = _where(error["loc"])
    code, sentence = _explain(request, where.name, error)
    return FieldError(pointer=where.pointer, code=code, detail=sentence)


def _explain(request: Request, name: str, error: Mapping[str, Any]) -> tuple[str, str]:
    """The code of one of pydantic's errors, and a sentence that says what to send."""
    context = error.get("ctx", {})
    match error["type"]:
        case "missing" if name == "The body":
            return "missing", "The body is missing. Send a JSON object."
        case "missing":
            return "missing", f"{name} is required."
        case "extra_forbidden":
            return "unknown_field", _unknown(str(error["loc"][-1]), name, _known_names(request, error["loc"]))
        case "too_many_fields":
            return "too_many_fields", f"The body has too many fields; at most {MAX_FIELDS} are read."
        case "json_invalid":
            position = error["loc"][-1]
            return "malformed_json", f"The body is not JSON: {context['error']} at character {position}."
        case "model_attributes_type" | "model_type" | "dict_type":
            return "wrong_type", f"{name} must be a JSON object."
        case "string_type":
            return "wrong_type", f"{name} must be text."
        case "string_unicode":
            return "invalid_text", f"{name} holds text that is not valid Unicode (half of a surrogate pair)."
        case "int_type" | "int_parsing" | "int_from_float" | "int_parsing_size":
            return "wrong_type", f"{name} must be a whole number."
        case "float_type" | "float_parsing" | "finite_number":
            return "wrong_type", f"{name} must be a number."
        case "bool_type" | "bool_parsing":
            return "wrong_type", f"{name} must be true or false."
        case "list_type":
            return "wrong_type", f"{name} must be a list{' of texts, or one text' if name == 'phone_numbers' else ''}."
        case "string_too_short" | "too_short":
            return "too_short", f"{name} must not be empty."
        case "string_too_long":
            return "too_long", f"{name} must have at most {context['max_length']} characters."
        case "too_long":
            counted = "characters" if isinstance(error["input"], str) else "entries"  # a secret is no plain text
            return "too_long", f"{name} must have at most {context['max_length']} {counted}."
        case "greater_than_equal":
            return "out_of_range", f"{name} must be at least {context['ge']}."
        case "greater_than":
            return "out_of_range", f"{name} must be more than {context['gt']}."
        case "less_than_equal":
            return "out_of_range", f"{name} must be at most {context['le']}."
        case kind if kind.startswith("datetime_") or kind == "timezone_aware":
            return "invalid_instant", f"{name} must be an instant with its offset, such as 2030-05-17T07:30:00Z."
        case kind if kind.startswith("uuid_"):
            return "invalid_id", f"{name} must be an id, such as 0b9c3d5e-6f0a-4a53-9d2e-8f1c4b7a2d11."
        case "enum" | "literal_error":
            return "invalid_choice", f"{name} must be one of {context['expected']}."
        case "value_error":
            return "wrong_type", f"{name} must be a file, sent as multipart/form-data."
        case code:
            return code, f"{name} {error['msg']}"


def _unknown(field: str, name: str, known: Iterable[str]) -> str:
    nearest = difflib.get_close_matches(field[:_LONGEST_NAME], known, n=1, cutoff=0.7)
    hint = f" Did you mean {nearest[0]}?" if nearest else " /docs lists the fields there are."
    return f"{name} is not a field here.{hint}"


def _known_names(request: Request, location: Sequence[str | int]) -> list[str]:
    """The names that the route's body, or its query, may have beside an unknown one."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return []
    fields = route.dependant.query_params if location[0] == "query" else [route.body_field]
    models = [model for field in fields if field is not None for model in models_in(field.field_info.annotation)]
    for name in location[1:-1]:
        if isinstance(name, str):
            found = [model.model_fields[name].annotation for model in models if name in model.model_fields]
            models = [model for annotation in found for model in models_in(annotation)]
    return [name for model in models for name in model.model_fields]
