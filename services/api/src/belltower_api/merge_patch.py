"""JSON Merge Patch (RFC 7396): a change of a document is a document that has what is to change.

Null takes a member away, so that it is as in a new document; one whose value may be null, as its schema says, becomes null.
The same holds for the values of an object that may be null.
"""

import json
from collections.abc import Mapping
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

MEDIA_TYPE = "application/merge-patch+json"

M = TypeVar("M", bound=BaseModel)


def merged(target: Any, patch: Any) -> Any:
    """A document with a patch (RFC 7396, 2). Neither is changed."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def patched(model: type[M], document: Mapping[str, Any], patch: Mapping[str, Any]) -> M:
    """A document with a patch, as its schema reads it. Raises `RequestValidationError` about the body."""
    result = merged(document, patch)
    for name, value in patch.items():
        field = model.model_fields.get(name)
        if field is None:
            continue
        if value is None and may_be_null(field.annotation):
            result[name] = None
        elif isinstance(value, Mapping) and _has_null_values(field.annotation):
            result[name] = {**(document.get(name) or {}), **value}
    try:
        # As JSON, because types are taken at their word: an instant is text there.
        return model.model_validate_json(json.dumps(result))
    except ValidationError as error:
        details = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
        raise RequestValidationError(details) from None


def may_be_null(annotation: Any) -> bool:
    """Whether null is among the values of a type."""
    return annotation in (None, NoneType) or NoneType in get_args(annotation)


def _has_null_values(annotation: Any) -> bool:
    """Whether a type is an object in which null is a value like others, not the lack of one."""
    return get_origin(annotation) is dict and may_be_null(get_args(annotation)[1])
