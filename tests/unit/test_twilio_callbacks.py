"""The carrier's signed callbacks, and what it is told to do with an answered call."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID
from xml.etree import ElementTree

import pytest
from pydantic import SecretStr
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from belltower.domain import opt_out
from belltower.domain.answering_machine import AnsweringMachine
from belltower.domain.call import CallStatus
from belltower.domain.errors import Invalid
from belltower.domain.message import MAX_SPOKEN
from belltower.runtime.settings import CarrierKind, CarrierSettings
from belltower.telephony.provider import CallRequest
from belltower.telephony.twilio.addresses import CALLBACK_PATH, KEY_PRESS_PATH, WHO_ANSWERED_PATH, callback_url
from belltower.telephony.twilio.callbacks import parse_callback, parse_key_press, parse_who_answered, signature_is_valid
from belltower.telephony.twilio.client import TwilioCarrier
from belltower.telephony.twilio.speech import twiml, twiml_to_listen_on, twiml_to_part

ATTEMPT = UUID("0197b2c4-0000-7000-8000-000000000001")
CAMPAIGN = UUID("0197b2c4-0000-7000-8000-000000000002")
SETTINGS = CarrierSettings(
    carrier=CarrierKind.TWILIO,
    carrier_account_sid="AC1",
    carrier_auth_token=SecretStr("12345"),
    public_url="https://calls.example.com",
)
FORM = {"CallSid": "CA1", "CallStatus": "completed", "SequenceNumber": "3", "CallDuration": "7"}


def request(stream_url: str | None = None, message: str = "Hello") -> CallRequest:
    return CallRequest(
        attempt_id=ATTEMPT,
        campaign_id=CAMPAIGN,
        to="+14155550123",
        caller_id="+14155550100",
        message=message,
        language="en-GB",
        voice="Polly.Amy",
        stream_url=stream_url,
        contact_id=42,
        ring_timeout=30,
        time_limit=600,
        send_by=0.0,
    )


def test_the_callback_url_names_the_attempt_and_asks_for_retries() -> None:
    url, fragment = callback_url("https://calls.example.com", ATTEMPT).split("#")
    assert url == f"https://calls.example.com{CALLBACK_PATH}?attempt={ATTEMPT}"
    assert {"rc=3", "rp=all"} <= set(fragment.split("&"))


def test_the_signature_covers_the_url_without_its_fragment() -> None:
    url = callback_url(SETTINGS.public_url, ATTEMPT).split("#")[0]
    signature = RequestValidator("12345").compute_signature(url, FORM)
    assert signature_is_valid(SETTINGS, f"{CALLBACK_PATH}?attempt={ATTEMPT}", FORM, signature)


def test_a_signature_over_the_fragment_is_not_the_carriers() -> None:
    signature = RequestValidator("12345").compute_signature(callback_url(SETTINGS.public_url, ATTEMPT), FORM)
    assert not signature_is_valid(SETTINGS, f"{CALLBACK_PATH}?attempt={ATTEMPT}", FORM, signature)


def test_the_published_algorithm_gives_the_same_signature() -> None:
    # base64(HMAC-SHA1(token, URL + sorted key and value)), computed by hand.
    import base64
    import hmac

    text = f"https://calls.example.com{CALLBACK_PATH}?attempt={ATTEMPT}" + "".join(k + FORM[k] for k in sorted(FORM))
    signature = base64.b64encode(hmac.new(b"12345", text.encode(), "sha1").digest()).decode()
    assert signature_is_valid(SETTINGS, f"{CALLBACK_PATH}?attempt={ATTEMPT}", FORM, signature)


@pytest.mark.parametrize("signature", [None, "", "x", "é"])
def test_a_callback_without_a_good_signature_is_refused(signature: str | None) -> None:
    assert not signature_is_valid(SETTINGS, CALLBACK_PATH, FORM, signature)


def test_a_changed_form_or_another_attempt_breaks_the_signature() -> None:
    url = callback_url(SETTINGS.public_url, ATTEMPT).split("#")[0]
    signature = RequestValidator("12345").compute_signature(url, FORM)
    assert not signature_is_valid(
        SETTINGS, f"{CALLBACK_PATH}?attempt={ATTEMPT}", FORM | {"CallDuration": "1"}, signature
    )
    assert not signature_is_valid(SETTINGS, f"{CALLBACK_PATH}?attempt={CAMPAIGN}", FORM, signature)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("queued", CallStatus.QUEUED),
        ("initiated", CallStatus.QUEUED),
        ("ringing", CallStatus.RINGING),
        ("in-progress", CallStatus.IN_PROGRESS),
        ("completed", CallStatus.COMPLETED),
        ("busy", CallStatus.BUSY),
        ("no-answer", CallStatus.NO_ANSWER),
        ("failed", CallStatus.FAILED),
        ("canceled", CallStatus.CANCELLED),
    ],
)
def test_the_carriers_words_become_ours(word: str, status: CallStatus) -> None:
    assert parse_callback({"CallSid": "CA1", "CallStatus": word}, None).status is status


def test_a_callback_is_read_whole() -> None:
    update = parse_callback(
        FORM | {"Timestamp": "Tue, 31 Mar 2026 20:00:05 +0000", "AnsweredBy": "human", "SipResponseCode": "200"},
        str(ATTEMPT),
    )
    assert update.attempt_id == ATTEMPT
    assert update.carrier_call_id == "CA1"
    assert update.dedupe_key == "CA1:3"
    assert update.occurred_at == datetime(2026, 3, 31, 20, 0, 5, tzinfo=UTC)
    assert update.duration == 7
    assert update.answered_by == "human"
    assert update.error_code is None


def test_a_failed_call_carries_the_carriers_code_or_the_networks() -> None:
    failed = {"CallSid": "CA1", "CallStatus": "failed", "SipResponseCode": "404"}
    assert parse_callback(failed, None).error_code == "sip:404"
    assert parse_callback(failed | {"ErrorCode": "32011"}, None).error_code == "32011"


def test_reports_without_a_sequence_number_differ_by_status() -> None:
    ringing = parse_callback({"CallSid": "CA1", "CallStatus": "ringing"}, None)
    busy = parse_callback({"CallSid": "CA1", "CallStatus": "busy"}, None)
    assert ringing.dedupe_key != busy.dedupe_key


@pytest.mark.parametrize(
    ("change", "attempt", "field"),
    [
        ({"CallSid": ""}, None, "CallSid"),
        ({"CallStatus": "melted"}, None, "CallStatus"),
        ({"CallDuration": "long"}, None, "CallDuration"),
        ({}, "7", "attempt"),
    ],
)
def test_what_no_carrier_sends_is_invalid(change: dict[str, str], attempt: str | None, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_callback(FORM | change, attempt)
    assert caught.value.field == field


def test_the_message_is_spoken_in_its_language_and_voice_while_the_carrier_listens_for_one_key() -> None:
    (gather,) = ElementTree.fromstring(twiml(request(message="Tea & <cake> é"), SETTINGS.public_url))
    (say,) = gather
    assert (gather.tag, say.tag, say.text) == ("Gather", "Say", "Tea & <cake> é")
    assert say.attrib == {"language": "en-GB", "voice": "Polly.Amy"}
    listening = {name: gather.get(name) for name in ("input", "numDigits", "timeout")}
    assert listening == {"input": "dtmf", "numDigits": "1", "timeout": "4"}


def test_the_key_is_posted_for_the_attempt_and_tried_again_like_a_status() -> None:
    (gather,) = ElementTree.fromstring(twiml(request(), SETTINGS.public_url))
    url, _, fragment = gather.attrib["action"].partition("#")
    assert url == f"https://calls.example.com{KEY_PRESS_PATH}?attempt={ATTEMPT}"
    assert fragment == callback_url(SETTINGS.public_url, ATTEMPT).partition("#")[2]
    signature = RequestValidator("12345").compute_signature(url, {"Digits": "9"})
    assert signature_is_valid(SETTINGS, f"{KEY_PRESS_PATH}?attempt={ATTEMPT}", {"Digits": "9"}, signature)


def test_the_longest_message_fits_with_the_longest_voice_and_a_long_address_for_the_key() -> None:
    """Twilio takes 4,000 characters of TwiML."""
    longest = replace(request(message="x" * MAX_SPOKEN), language="l" * 35, voice="v" * 64)
    assert len(twiml(longest, f"https://{'a' * 100}.example.com")) <= 4_000


def test_a_voice_agent_is_told_which_call_it_gets_and_hears_the_keys_itself() -> None:
    document = twiml(request(stream_url="wss://agent.example.com/talk"), SETTINGS.public_url)
    (connect,) = ElementTree.fromstring(document)
    (stream,) = connect
    assert (connect.tag, stream.get("url")) == ("Connect", "wss://agent.example.com/talk")
    assert {p.get("name"): p.get("value") for p in stream} == {
        "campaign_id": str(CAMPAIGN),
        "contact_id": "42",
        "attempt_id": str(ATTEMPT),
    }
    assert "Gather" not in document


def test_who_opted_out_is_told_so_in_the_messages_language_and_voice() -> None:
    say, hangup = ElementTree.fromstring(twiml_to_part("de-AT", "Polly.Hannah"))
    assert (say.text, say.attrib) == (opt_out.farewell("de"), {"language": "de-AT", "voice": "Polly.Hannah"})
    assert hangup.tag == "Hangup"


def test_a_language_without_a_farewell_is_answered_in_english_by_a_voice_that_speaks_it() -> None:
    say, _ = ElementTree.fromstring(twiml_to_part("sv-SE", "Polly.Astrid"))
    assert (say.text, say.attrib) == (opt_out.farewell("en"), {"language": "en-US"})


def test_after_another_key_the_carrier_listens_on_and_says_nothing() -> None:
    (gather,) = ElementTree.fromstring(twiml_to_listen_on(SETTINGS.public_url, ATTEMPT))
    assert (gather.tag, list(gather)) == ("Gather", [])


def test_a_key_is_read_with_its_call() -> None:
    press = parse_key_press({"CallSid": "CA1", "Digits": "9"}, str(ATTEMPT))
    assert (press.attempt_id, press.carrier_call_id, press.key) == (ATTEMPT, "CA1", "9")


@pytest.mark.parametrize(
    ("form", "attempt", "field"),
    [
        ({"Digits": "9"}, None, "CallSid"),
        ({"CallSid": "CA1"}, None, "Digits"),
        ({"CallSid": "CA1", "Digits": "9"}, "7", "attempt"),
    ],
    ids=["no call", "no key", "no uuid"],
)
def test_a_key_that_no_carrier_sends_is_invalid(form: dict[str, str], attempt: str | None, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_key_press(form, attempt)
    assert caught.value.field == field


async def test_the_carrier_is_asked_who_answers_only_where_it_matters() -> None:
    carrier = TwilioCarrier(SETTINGS)
    try:
        forms = {machine: carrier._form(replace(request(), answering_machine=machine)) for machine in AnsweringMachine}
    finally:
        await carrier.close()
    asked = {
        machine: {name: value for name, value in form.items() if "Machine" in name or "Amd" in name}
        for machine, form in forms.items()
    }
    assert asked[AnsweringMachine.TREAT_AS_ANSWERED] == {}
    assert asked[AnsweringMachine.LEAVE_MESSAGE] == {"MachineDetection": "DetectMessageEnd"}
    url = asked[AnsweringMachine.HANG_UP].pop("AsyncAmdStatusCallback")
    assert isinstance(url, str)
    assert url.startswith(f"https://calls.example.com{WHO_ANSWERED_PATH}?attempt={ATTEMPT}#")
    assert asked[AnsweringMachine.HANG_UP] == {
        "MachineDetection": "Enable",
        "AsyncAmd": "true",
        "AsyncAmdStatusCallbackMethod": "POST",
    }


def test_who_answered_is_read_from_a_callback_of_its_own() -> None:
    update = parse_who_answered({"CallSid": "CA1", "AnsweredBy": "machine_start"}, str(ATTEMPT))
    assert (update.attempt_id, update.carrier_call_id, update.status) == (ATTEMPT, "CA1", CallStatus.IN_PROGRESS)
    assert update.answered_by == "machine_start"
    assert update.dedupe_key != parse_callback({**FORM, "CallStatus": "in-progress"}, None).dedupe_key
    with pytest.raises(Invalid, match="AnsweredBy"):
        parse_who_answered({"CallSid": "CA1"}, None)
