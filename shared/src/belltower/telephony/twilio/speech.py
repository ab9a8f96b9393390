"""What the carrier does in a call: TwiML (twilio.com/docs/voice/twiml)."""

from uuid import UUID

from twilio.twiml.voice_response import Gather, VoiceResponse  # type: ignore[import-untyped]

from belltower.domain import opt_out
from belltower.telephony.provider import CallRequest
from belltower.telephony.twilio.addresses import KEY_PRESS_PATH, url_for

_LISTEN = 4
"""Seconds after the message in which a key still counts. Every call that is not hung up pays for them as talk, so they are no
more than it takes to have the telephone off the ear and its keys in sight."""


def twiml(request: CallRequest, public_url: str) -> str:
    """What the carrier does when the call is answered: speak the message, or connect the account's voice agent.

    While it speaks, and a moment longer, it listens for a key; without one the call ends. A voice agent hears keys itself.
    """
    response = VoiceResponse()
    if request.stream_url is None:
        listening = _listen(response, public_url, request.attempt_id)
        listening.say(request.message, language=request.language, voice=request.voice)
    else:
        stream = response.connect().stream(url=request.stream_url)
        stream.parameter(name="campaign_id", value=str(request.campaign_id))
        stream.parameter(name="contact_id", value=str(request.contact_id))
        stream.parameter(name="attempt_id", value=str(request.attempt_id))
    return str(response)


def twiml_to_listen_on(public_url: str, attempt_id: UUID) -> str:
    """What the carrier does after a key without a meaning, which has cut the message off: listen a moment for the right one."""
    response = VoiceResponse()
    _listen(response, public_url, attempt_id)
    return str(response)


def twiml_to_part(language: str, voice: str) -> str:
    """What the carrier does after the opt-out: say so in the language and voice of the message, and hang up.

    In a language without a farewell it is English, in the carrier's own voice: the message's may speak no other language.
    """
    response = VoiceResponse()
    farewell = opt_out.farewell(language)
    if farewell is None:
        response.say(opt_out.farewell("en"), language="en-US")
    else:
        response.say(farewell, language=language, voice=voice)
    response.hangup()
    return str(response)


def _listen(response: VoiceResponse, public_url: str, attempt_id: UUID) -> Gather:
    action = url_for(public_url, KEY_PRESS_PATH, attempt_id)
    return response.gather(input="dtmf", num_digits=1, timeout=_LISTEN, action=action)
