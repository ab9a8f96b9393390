"""Everything that goes wrong, as HTTP says it: problem+json (RFC 9457). The only place that maps errors to statuses.

Every problem has a stable `code` (docs/errors.md lists them), a `detail` that is a sentence for a person, and the
`request_id` under which the logs know the request. What is wrong with what was sent is always 400, with one entry in
`errors` for each field. No trace ever leaves the process.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import compile_path

from belltower.db.engine import is_outage
from belltower.domain.errors import (
    AdministratorExists,
    AlreadyDecided,
    BelltowerError,
    IllegalTransition,
    InsufficientFunds,
    Invalid,
    LimitReached,
    NotFound,
    TooManyAttempts,
)
from belltower_api.explanations import field_error
from belltower_api.schemas.problem import LISTED_ERRORS, FieldError, Problem
from belltower_api.schemas.values import shown_money

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "2"
"""Seconds after which a request that met a database out of reach may be worth another try."""

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
    403: "Whoever asks may not do this: a member of the account, no operator, a page of another site, or not the carrier.",
    404: "There is no such thing, or it belongs to another account.",
    409: "The status, a limit, or what is there does not allow it, or the first request with this key is still under way.",
    410: "The address was given up.",
    412: "It has changed since the state that If-Match names; `ETag` is that of the state now.",
    413: "More was sent than is taken.",
    415: "The body, or the file, is of a type that is not read here.",
    422: "The Idempotency-Key was used for another request.",
    428: "If-Match is missing: it says which state the change is made for.",
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
) -> Response:
    """A problem as a response."""
    return _response(_problem(request_id, status, code, detail, errors), headers)


def unexpected(request_id: str, error: Exception) -> Response:
    """The answer to an error that nobody foresaw, or to a database that is out of reach. Logs it."""
    return _response(*_unexpected(request_id, error))


def problem_of(request_id: str, error: Exception) -> tuple[Problem, Mapping[str, str] | None]:
    """What an error of the domain, or any other, is to whoever asked, and the headers beside it."""
    detail = str(error)

    def problem(status: int, code: str, **members: str) -> tuple[Problem, None]:
        return _problem(request_id, status, code, detail, (), **members), None

    match error:
        case Invalid():
            return _invalid(request_id, [FieldError(pointer=f"/{error.field}", code=error.code, detail=detail)]), None
        case NotFound():
            return problem(404, "not_found")
        case IllegalTransition():
            return problem(409, "illegal_transition")
        case AlreadyDecided():
            return problem(409, "already_decided")
        case LimitReached():
            return problem(409, "limit_reached")
        case AdministratorExists():
            return problem(409, "administrator_exists")
        case TooManyAttempts():
            return problem(429, "too_many_attempts")[0], {"Retry-After": str(error.retry_after)}
        case InsufficientFunds():
            return problem(
                402,
                "insufficient_funds",
                balance=shown_money(error.balance),
                minimum=shown_money(error.minimum),
                currency=error.currency,
            )
        case _:
            return _unexpected(request_id, error)


def _problem(
    request_id: str, status: int, code: str, detail: str, errors: Sequence[FieldError], **members: str
) -> Problem:
    return Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        request_id=request_id,
        errors=list(errors) or None,
        **members,
    )


def _invalid(request_id: str, errors: Sequence[FieldError]) -> Problem:
    """A 400. Its code is the first error's, its detail the first few sentences."""
    detail = " ".join(error.detail for error in errors[:3])
    return _problem(request_id, 400, errors[0].code, detail, errors)


def _unexpected(request_id: str, error: Exception) -> tuple[Problem, Mapping[str, str] | None]:
    if is_outage(error):
        log.warning("database_unavailable", error=f"{type(error).__name__}: {error}"[:300])
        detail = "The database cannot be reached at the moment. Try again in a few seconds."
        return _problem(request_id, 503, "unavailable", detail, ()), {"Retry-After": RETRY_AFTER}
    log.error("request_failed", exc_info=error)
    detail = f"Something went wrong here, not with your request. If it stays, report the request id {request_id}."
    return _problem(request_id, 500, "internal_error", detail, ()), None


def _response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    # ASCII, because what was sent, and is named here, may hold what UTF-8 cannot write.
    body = json.dumps(problem.model_dump(exclude_none=True))
    return Response(body, problem.status, dict(headers) if headers else None, MEDIA_TYPE)


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
        return _response(_invalid(_id(request), [field_error(request, problem) for problem in found[:LISTED_ERRORS]]))

    @app.exception_handler(BelltowerError)
    async def domain(request: Request, error: BelltowerError) -> Response:
        return _response(*problem_of(_id(request), error))

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
