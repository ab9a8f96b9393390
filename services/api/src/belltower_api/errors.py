"""What the API refuses in HTTP's own terms, beside what the domain raises. `problems` turns both into answers."""

from starlette.exceptions import HTTPException


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


class OperatorsOnly(HTTPException):
    """Somebody asks for what belongs to the installation, and does not run it."""

    code = "operators_only"

    def __init__(self) -> None:
        super().__init__(
            403,
            "Only an operator of this installation may do this, signed in as a person. `belltower operators add` makes one.",
        )


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


class TooSlow(HTTPException):
    """The body of a request does not come."""

    code = "too_slow"

    def __init__(self, detail: str) -> None:
        super().__init__(408, detail)


class AmbiguousLength(HTTPException):
    """A body whose length is said in two ways (RFC 9112, 6.3): two servers in a row might see two requests or one in it."""

    def __init__(self) -> None:
        super().__init__(
            400,
            "The request has both Content-Length and Transfer-Encoding. Send one of them.",
            {"Connection": "close"},
        )


class RepeatedMember(HTTPException):
    """JSON in which a member of an object comes twice."""

    def __init__(self, name: str) -> None:
        super().__init__(400, f"{name[:64]!a} comes twice in one object. Send each member once.")


class Busy(HTTPException):
    """As many large bodies are read as can be."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(
            503,
            "As many large requests are under way here as can be. Send this again after the seconds in Retry-After.",
            {"Retry-After": "10"},
        )


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


class PreconditionRequired(HTTPException):
    """An edit that does not say which state it is made for (RFC 6585, 3)."""

    code = "precondition_required"

    def __init__(self) -> None:
        super().__init__(
            428,
            "If-Match is missing. Read it first, and send the ETag of that answer as If-Match: then nobody's change is"
            " overwritten unseen.",
        )


class LostRace(HTTPException):
    """What is changed is not in the state any more that the change was made for (RFC 9110, 15.5.13)."""

    code = "precondition_failed"

    def __init__(self, etag: str) -> None:
        super().__init__(
            412,
            "It has changed since you read it. Read it again, look whether your edit still fits, and send it with"
            " the new ETag.",
            {"ETag": etag},
        )


class TooManyStreams(HTTPException):
    """As many streams are open as may be."""

    code = "too_many_streams"

    def __init__(self, detail: str) -> None:
        super().__init__(429, detail, {"Retry-After": "10"})
