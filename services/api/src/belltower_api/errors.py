"""Everything that goes wrong, as HTTP says it: problem+json (RFC 9457). The only place that maps errors to statuses.

Every problem has a stable `code` (docs/errors.md lists them), a `detail` that is a sentence for a person, and the
`request_id` under which the logs know the request. What is wrong with what was sent is always 400, with one entry in
`errors` for each field. No trace ever leaves the process.
"""

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, get_args

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import compile_path

from belltower.db.engine import is_outage
from belltower.domain.errors import (
    AdministratorExists,
    BelltowerError,
    IllegalTransition,
    InsufficientFunds,
    Invalid,
    LimitReached,
    NotFound,
    TooManyAttempts,
)
from belltower_api.schemas.problem import FieldError, Problem
from belltower_api.schemas.values import MAX_FIELDS, shown_money

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "2"
"""Seconds after which a request that met a database out of reach may be worth another try."""

_LISTED_ERRORS = 20
_LONGEST_NAME = 64


class Unauthorised(HTTPException):
    """The request has no valid API key and no valid session. `challenge` completes the WWW-Authenticate header (RFC 6750, 3)."""

    def __init__(self, detail: str, challenge: str = "") -> None:
        super().__init__(401, detail, {"WWW-Authenticate": f'Bearer realm="belltower"{challenge}'})


class SignInRefused(Unauthorised):
    """An e-mail address and a password that do not belong together, whichever of them is wrong."""

    code = "sign_in_refused"

    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is wrong. Check both, and try again.")


class CrossSite(HTTPException):
    """A page of another site, as far as can be told, asks with a person's cookie, or signs somebody in."""

    code = "cross_site_request"

    def __init__(self) -> None:
        super().__init__(
            403,
            "This did not come from a page of this address. A program sends an API key instead of the cookie, or the header"
            " `Origin` with the address that it asks.",
        )


class AdministratorsOnly(HTTPException):
    """A member asks for what only administrators may do."""

    code = "administrators_only"

    def __init__(self) -> None:
        super().__init__(403, "Only an administrator of the account may do this. Ask one to do it for you.")


class CallbackRefused(HTTPException):
    """A callback that the carrier did not sign."""

    def __init__(self) -> None:
        super().__init__(
            403,
            "The signature does not match. Only the carrier may post here; check BELLTOWER_PUBLIC_URL and the auth token.",
        )


class TooLarge(HTTPException):
    """More was sent than is taken."""

    def __init__(self, detail: str) -> None:
        super().__init__(413, detail)


class UnsupportedMediaType(HTTPException):
    """The body, or an uploaded file, is of a type that is not read here."""

    def __init__(self, detail: str) -> None:
        super().__init__(415, detail)


class InFlight(HTTPException):
    """A request with the same idempotency key is still under way."""

    code = "request_in_flight"

    def __init__(self) -> None:
        super().__init__(
            409,
            "The first request with this Idempotency-Key is still under way. Send it again in a second for its answer.",
            {"Retry-After": "1"},
        )


class KeyReused(HTTPException):
    """The idempotency key of another request."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            422,
            "This Idempotency-Key was used for another request in the last 24 hours. Send a new key with a new request.",
        )


class TooManyStreams(HTTPException):
    """As many streams are open as may be."""

    code = "too_many_streams"

    def __init__(self, detail: str) -> None:
        super().__init__(429, detail, {"Retry-After": "10"})


_CODES = {
    400: "malformed_request",
    401: "unauthorised",
    403: "signature_invalid",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}
_SENTENCES = {
    400: "The body could not be read. Send well-formed JSON in UTF-8, or a well-formed form.",
    404: "There is nothing at this address. /docs lists what there is.",
    405: "This address does not take that method. /docs lists what there is.",
}
_RESPONSES = {
    400: "What was sent cannot be accepted; `errors` says what and why.",
    401: "The API key, the session, or what somebody signs in with is missing or not valid.",
    402: "The wallet holds less than the minimum.",
    403: "Whoever asks may not do this: a member of the account, a page of another site, or not the carrier.",
    404: "There is no such thing, or it belongs to another account.",
    409: "The status, a limit, or what is there does not allow it, or the first request with this key is still under way.",
    413: "More was sent than is taken.",
    415: "The body, or the file, is of a type that is not read here.",
    422: "The Idempotency-Key was used for another request.",
    429: "There were too many attempts, or as many streams are open as may be; try again after Retry-After.",
    503: "The database is out of reach for the moment; try again after Retry-After.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI responses of an operation that can fail in these ways; `default` stands for all others."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    documented: dict[int | str, dict[str, Any]] = {
        status: {"description": _RESPONSES[status], "content": content} for status in (*statuses, 503)
    }
    return {**documented, "default": {"description": "Any other error.", "content": content}}


def answer(
    request_id: str,
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    **members: str,
) -> Response:
    """A problem as a response."""
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        request_id=request_id,
        errors=list(errors) or None,
        **members,
    )
    # ASCII, because what was sent, and is named here, may hold what UTF-8 cannot write.
    body = json.dumps(problem.model_dump(exclude_none=True))
    return Response(body, status, dict(headers) if headers else None, MEDIA_TYPE)


def unexpected(request_id: str, error: Exception) -> Response:
    """The answer to an error that nobody foresaw, or to a database that is out of reach. Logs it."""
    if is_outage(error):
        log.warning("database_unavailable", error=f"{type(error).__name__}: {error}"[:300])
        return answer(
            request_id,
            503,
            "unavailable",
            "The database cannot be reached at the moment. Try again in a few seconds.",
            headers={"Retry-After": RETRY_AFTER},
        )
    log.error("request_failed", exc_info=error)
    return answer(
        request_id,
        500,
        "internal_error",
        f"Something went wrong here, not with your request. If it stays, report the request id {request_id}.",
    )


def add_handlers(app: FastAPI) -> None:
    """Have the app answer every expected error with a problem."""

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        status = error.status_code
        # Starlette's and FastAPI's own errors bring a standard phrase; ours bring a sentence.
        own = error.detail if error.detail.endswith(".") else _SENTENCES.get(status, f"{error.detail}.")
        code = getattr(error, "code", None) or _CODES.get(status, "error")
        headers = error.headers
        if status == HTTPStatus.METHOD_NOT_ALLOWED and (methods := _methods_at(app, request)):
            headers = {"Allow": ", ".join(methods)}
        return answer(_id(request), status, code, own, headers=headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        if any(problem["loc"][:1] == ("path",) for problem in found):
            if request.method not in _methods_at(
                app, request
            ):  # /api/campaigns/upload is an address, and "upload" no id
                return await http(request, HTTPException(HTTPStatus.METHOD_NOT_ALLOWED))
            return await domain(request, NotFound("There is nothing with this id."))
        return _refused(request, [_field_error(request, problem) for problem in found[:_LISTED_ERRORS]])

    @app.exception_handler(BelltowerError)
    async def domain(request: Request, error: BelltowerError) -> Response:
        request_id, detail = _id(request), str(error)
        match error:
            case Invalid():
                return _refused(request, [FieldError(pointer=f"/{error.field}", code=error.code, detail=detail)])
            case NotFound():
                return answer(request_id, 404, "not_found", detail)
            case IllegalTransition():
                return answer(request_id, 409, "illegal_transition", detail)
            case LimitReached():
                return answer(request_id, 409, "limit_reached", detail)
            case AdministratorExists():
                return answer(request_id, 409, "administrator_exists", detail)
            case TooManyAttempts():
                headers = {"Retry-After": str(error.retry_after)}
                return answer(request_id, 429, "too_many_attempts", detail, headers=headers)
            case InsufficientFunds():
                return answer(
                    request_id,
                    402,
                    "insufficient_funds",
                    detail,
                    balance=shown_money(error.balance),
                    minimum=shown_money(error.minimum),
                    currency=error.currency,
                )
            case _:
                return unexpected(request_id, error)

    @app.exception_handler(ClientDisconnect)
    async def gone(request: Request, error: ClientDisconnect) -> Response:
        return answer(_id(request), 400, "malformed_request", "The request ended before its body was complete.")


def _methods_at(app: FastAPI, request: Request) -> list[str]:
    """The methods that an address takes (RFC 9110, 15.5.6): the router knows those of the first operation only.

    Of two descriptions that fit, as /api/campaigns/upload and /api/campaigns/{campaign_id}, the more precise one counts.
    """
    found: dict[int, list[str]] = {}
    for path, operations in app.openapi()["paths"].items():
        pattern, _, parameters = compile_path(path)
        if pattern.match(request.scope["path"]):
            found[len(parameters)] = sorted(method.upper() for method in operations)
    return found[min(found)] if found else []


def _id(request: Request) -> str:
    return str(request.scope["request_id"])


def _refused(request: Request, errors: Sequence[FieldError]) -> Response:
    """A 400. Its code is the first error's, its detail the first few sentences."""
    detail = " ".join(error.detail for error in errors[:3])
    return answer(_id(request), 400, errors[0].code, detail, errors=errors)


@dataclass(frozen=True, slots=True)
class _Where:
    """Where in the request something is wrong."""

    pointer: str
    name: str


def _where(location: Sequence[str | int]) -> _Where:
    parts = [str(part)[:_LONGEST_NAME] for part in location[1:]]
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
    names = [f"[{part}]" if isinstance(part, int) else f".{part[:_LONGEST_NAME]}" for part in location[1:]]
    return _Where(pointer, "".join(names).removeprefix(".") or "The body")


def _field_error(request: Request, error: Mapping[str, Any]) -> FieldError:
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
        case "bool_type" | "bool_parsing":
            return "wrong_type", f"{name} must be true or false."
        case "list_type":
            return "wrong_type", f"{name} must be a list of texts, or one text."
        case "string_too_short" | "too_short":
            return "too_short", f"{name} must not be empty."
        case "string_too_long":
            return "too_long", f"{name} must have at most {context['max_length']} characters."
        case "too_long":
            counted = "characters" if isinstance(error["input"], str) else "entries"  # a secret is no plain text
            return "too_long", f"{name} must have at most {context['max_length']} {counted}."
        case "greater_than_equal":
            return "out_of_range", f"{name} must be at least {context['ge']}."
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
    nearest = difflib.get_close_matches(field[:_LONGEST_NAME], known, n=1, cutoff=0.6)
    hint = f" Did you mean {nearest[0]}?" if nearest else " /docs lists the fields there are."
    return f"{name} is not a field here.{hint}"


def _known_names(request: Request, location: Sequence[str | int]) -> list[str]:
    """The names that the route's body, or its query, may have beside an unknown one."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return []
    fields = route.dependant.query_params if location[0] == "query" else [route.body_field]
    models = [model for field in fields if field is not None for model in _models_in(field.field_info.annotation)]
    for name in location[1:-1]:
        if isinstance(name, str):
            found = [model.model_fields[name].annotation for model in models if name in model.model_fields]
            models = [model for annotation in found for model in _models_in(annotation)]
    return [name for model in models for name in model.model_fields]


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models of which an annotation such as `list[Model] | None` is made."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]
