"""What the options of a new campaign become for the API."""

import pytest
import typer

from belltower_cli import campaign_options


def test_delays_are_seconds_or_never_and_only_those_that_were_given() -> None:
    terms = campaign_options._terms(busy_delay="300", failed_delay="never", backoff=2.0, calls_per_second=5)
    assert terms == {"retry_delays": {"busy": 300, "failed": None}, "retry_backoff": 2.0, "calls_per_second": 5}
    assert campaign_options._terms() == {}


def test_a_delay_that_is_neither_is_refused_by_the_name_of_its_option() -> None:
    with pytest.raises(typer.BadParameter, match="soon is neither") as refused:
        campaign_options._terms(no_answer_delay="soon")
    assert refused.value.param_hint == "--no-answer-delay"
