"""What the carrier's answers to a request for a call mean."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from belltower.telephony.provider import NotSent, Placed, Rejected, Unknown
from belltower.telephony.twilio.answers import placement_of


def answer(status: int, body: object = None, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_created_call_is_placed() -> None:
    assert placement_of(answer(201, {"sid": "CA1"})) == Placed("CA1")


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(201, text="<html>created</html>"),
        httpx.Response(201, json=["CA1"]),
        httpx.Response(201, json={"sid": None}),
        httpx.Response(201, text="[" * 100_000),
        httpx.Response(204),
    ],
)
def test_a_good_answer_that_names_no_call_is_unknown(response: httpx.Response) -> None:
    assert isinstance(placement_of(response), Unknown)


@pytest.mark.parametrize("status", [302, 408, 500, 502, 503, 504])
def test_an_answer_that_does_not_say_whether_it_was_done_is_unknown(status: int) -> None:
    assert isinstance(placement_of(answer(status, {"code": 20500, "message": "An error"})), Unknown)


@pytest.mark.parametrize(
    ("headers", "seconds"), [({}, 1.0), ({"Retry_After": "7"}, 7.0), ({"Retry_After": "soon"}, 1.0)]
)
def test_too_many_requests_are_not_sent_and_wait_as_asked(headers: dict[str, str], seconds: float) -> None:
    placement = placement_of(answer(429, {"code": 20429, "message": "Too Many Requests"}, **headers))
    assert isinstance(placement, NotSent)
    assert placement.retry_after == seconds


def test_a_date_to_retry_after_is_honoured() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30))
    placement = placement_of(answer(429, None, Retry_After=date))
    assert isinstance(placement, NotSent)
    assert 28 < placement.retry_after <= 30


def test_the_throttling_error_counts_whatever_the_http_status() -> None:
    assert isinstance(placement_of(answer(400, {"code": 20429, "message": "Too Many Requests"})), NotSent)


def test_a_refused_number_is_rejected_with_the_carriers_code() -> None:
    assert placement_of(answer(400, {"code": 21211, "message": "Not valid"})) == Rejected("21211", "Not valid")


@pytest.mark.parametrize(("status", "code"), [(401, 20003), (403, 20403), (404, 20404)])
def test_refused_credentials_do_not_burn_the_contact(status: int, code: int) -> None:
    placement = placement_of(answer(status, {"code": code, "message": "No"}))
    assert isinstance(placement, NotSent)
    assert placement.retry_after >= 30


def test_a_refusal_without_a_code_is_not_the_carriers() -> None:
    assert isinstance(placement_of(httpx.Response(413, text="Request Entity Too Large")), NotSent)
