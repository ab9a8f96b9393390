"""Not to be called again: what the person called presses, and what they hear then.

The key works during the whole message, records the number at once and ends the call, as 47 CFR 64.1200(b)(3) wants it of
recorded messages in the United States.
"""

KEY = "9"

_FAREWELLS = {
    "de": "Wir rufen Sie nicht mehr an. Auf Wiederhören.",
    "en": "We will not call you again. Goodbye.",
    "es": "No volveremos a llamarle. Adiós.",
    "fr": "Nous ne vous appellerons plus. Au revoir.",
    "it": "Non la chiameremo più. Arrivederci.",
    "nl": "Wij bellen u niet meer. Tot ziens.",
    "pl": "Nie będziemy więcej dzwonić. Do widzenia.",
    "pt": "Não voltaremos a ligar. Até logo.",
}
"""By the first subtag of a language (BCP 47)."""


def farewell(language: str) -> str | None:
    """What somebody hears who pressed the key, in the language of the message; None: it is not known in that language."""
    return _FAREWELLS.get(language.partition("-")[0].lower())
