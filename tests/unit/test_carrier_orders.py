"""What the simulated carrier takes and refuses, TwiML, and how it reads a callback URL's wishes."""

import pytest
from starlette.datastructures import FormData

from belltower_carrier.call import Detection
from belltower_carrier.courier import Overrides, overrides
from belltower_carrier.orders import read_order
from belltower_carrier.refusals import Refusal
from belltower_carrier.twiml import TwimlError, perform

GOOD = {"To": "+14155550123", "From": "+14155550100", "Twiml": "<Response/>"}


def form(**changes: str | None) -> FormData:
    return FormData({key: value for key, value in {**GOOD, **changes}.items() if value is not None})


def test_an_order_has_twilios_defaults() -> None:
    order = read_order(form())
    assert (order.ring_timeout, order.time_limit, order.callback) == (60, 14_400, None)
    assert order.callback_events == {"completed"}


def test_an_order_says_how_machines_are_detected() -> None:
    assert read_order(form()).detection is None
    waiting = read_order(form(MachineDetection="DetectMessageEnd"))
    assert (waiting.detection, waiting.waits_for_detection) == (Detection.MESSAGE_END, True)
    meanwhile = read_order(
        form(MachineDetection="Enable", AsyncAmd="true", AsyncAmdStatusCallback="https://a.example/who#rc=3")
    )
    assert (meanwhile.detection, meanwhile.waits_for_detection) == (Detection.ENABLE, False)
    assert meanwhile.detection_callback == "https://a.example/who#rc=3"


def test_events_come_repeated_or_in_one_value() -> None:
    repeated = FormData([*GOOD.items(), ("StatusCallbackEvent", "ringing"), ("StatusCallbackEvent", "answered")])
    assert read_order(repeated).callback_events == {"ringing", "answered"}
    assert read_order(form(StatusCallbackEvent="ringing answered")).callback_events == {"ringing", "answered"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"To": None}, 21201),
        ({"From": None}, 21213),
        ({"To": "12345"}, 21211),
        ({"From": "Belltower"}, 21212),
        ({"Twiml": None}, 21205),
        ({"From": "+15005550001"}, 21212),
        ({"From": "+15005550007"}, 21210),
        ({"To": "+15005550001"}, 21217),
        ({"To": "+15005550002"}, 21214),
        ({"To": "+15005550003"}, 21215),
        ({"To": "+15005550004"}, 21216),
        ({"Timeout": "601"}, 20001),
        ({"Timeout": "soon"}, 20001),
        ({"TimeLimit": "0"}, 20001),
        ({"StatusCallback": "ftp://x"}, 21609),
        ({"StatusCallbackEvent": "sneezed"}, 20001),
        ({"StatusCallbackMethod": "GET"}, 20001),
        ({"Twiml": "x" * 4001}, 20001),
        ({"MachineDetection": "Guess"}, 20001),
        ({"AsyncAmd": "maybe"}, 20001),
        ({"AsyncAmdStatusCallback": "ftp://x"}, 21609),
        ({"AsyncAmdStatusCallbackMethod": "GET"}, 20001),
    ],
)
def test_refusals_have_twilios_codes(changes: dict[str, str | None], code: int) -> None:
    with pytest.raises(Refusal) as refused:
        read_order(form(**changes))
    body = refused.value.body()
    assert (body["code"], body["status"]) == (code, 400)
    assert body["more_info"] == f"https://www.twilio.com/docs/errors/{code}"


def test_the_valid_test_number_may_call() -> None:
    assert read_order(form(From="+15005550006")).caller_id == "+15005550006"


def test_the_callee_hears_the_words() -> None:
    document = (
        '<Response><Say voice="x"> Tea\n &amp; cake </Say><Pause/><Say>Bye</Say><Hangup/><Say>No</Say></Response>'
    )
    assert perform(document).heard == "Tea & cake Bye"


def test_a_stream_blocks_what_follows() -> None:
    performance = perform(
        '<Response><Connect><Stream url="wss://a/b"><Parameter name="n" value="v"/></Stream></Connect>'
        "<Say>never</Say></Response>"
    )
    assert performance.heard == ""
    assert performance.stream is not None
    assert (performance.stream.url, performance.stream.parameters) == ("wss://a/b", {"n": "v"})


GATHER = (
    '<Gather input="dtmf" numDigits="1" timeout="4" action="https://a/key?x=1&amp;y=2#rc=3"><Say>Nine</Say></Gather>'
)


def test_who_presses_no_key_hears_what_follows_where_one_is_wanted() -> None:
    performance = perform(f"<Response>{GATHER}<Say>Bye</Say></Response>")
    assert (performance.heard, performance.key_wanted) == ("Nine Bye", None)


def test_who_presses_a_key_hears_what_comes_with_the_question_and_not_what_follows() -> None:
    performance = perform(f"<Response>{GATHER}<Say>Bye</Say></Response>", presses=True)
    assert (performance.heard, performance.key_wanted) == ("Nine", "https://a/key?x=1&y=2#rc=3")


@pytest.mark.parametrize(
    "document",
    [
        "<Response><Gather numDigits='1'/></Response>",
        "<Response><Gather numDigits='1' action='/key'/></Response>",
        "<Response><Gather action='https://a/key'/></Response>",
        "<Response><Gather input='speech' numDigits='1' action='https://a/key'/></Response>",
        "<Response><Gather method='GET' numDigits='1' action='https://a/key'/></Response>",
        "<Response><Gather numDigits='1' action='https://a/key'><Hangup/></Gather></Response>",
        f"<Response><Say>{'x' * 70_000}</Say></Response>",
    ],
    ids=["no action", "relative action", "many keys", "speech", "GET", "nested hangup", "large"],
)
def test_what_the_simulated_carrier_cannot_do_with_keys_it_refuses(document: str) -> None:
    with pytest.raises(TwimlError):
        perform(document)


@pytest.mark.parametrize(
    "document",
    [
        "",
        "<Response>",
        "<Answer/>",
        "<Response><Dance/></Response>",
        "<Response><Connect/></Response>",
        '<!DOCTYPE r [<!ENTITY a "b">]><Response><Say>&a;</Say></Response>',
    ],
)
def test_what_is_not_twiml_cannot_be_played(document: str) -> None:
    with pytest.raises(TwimlError):
        perform(document)


def test_a_callback_url_without_wishes_has_twilios_defaults() -> None:
    assert overrides("") == Overrides(5.0, 15.0, 15.0, 1, frozenset({"ct"}))
    assert overrides("ct=50&rt=99999&rc=9&tt=x") == Overrides()


def test_a_callback_url_says_how_it_is_delivered() -> None:
    wishes = overrides("ct=2000&rt=4000&tt=9000&rc=3&rp=ct,5xx")
    assert wishes == Overrides(2.0, 4.0, 9.0, 3, frozenset({"ct", "5xx"}))
    assert wishes.again_after("5xx")
    assert not wishes.again_after("4xx")
    assert overrides("rp=all").again_after("4xx")
