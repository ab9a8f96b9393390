"""Who may decide about a call that nobody can account for: whoever comes first, while it is unknown."""

from datetime import UTC, datetime

import pytest

from belltower.domain.call import CallStatus
from belltower.domain.errors import AlreadyDecided, IllegalTransition
from belltower.domain.unknown_call import Decision, require_undecided


def test_an_unknown_call_that_nobody_decided_about_may_be() -> None:
    require_undecided(CallStatus.UNKNOWN, None)


@pytest.mark.parametrize("status", sorted(set(CallStatus) - {CallStatus.UNKNOWN}))
def test_a_call_that_is_accounted_for_may_not(status: CallStatus) -> None:
    with pytest.raises(IllegalTransition, match=f"The call is {status}"):
        require_undecided(status, None)


@pytest.mark.parametrize("status", [CallStatus.UNKNOWN, CallStatus.COMPLETED])
@pytest.mark.parametrize("decision", sorted(Decision))
def test_a_decision_is_made_once_whatever_was_reported_since(status: CallStatus, decision: Decision) -> None:
    at = datetime(2030, 5, 17, 9, 30, tzinfo=UTC)
    with pytest.raises(AlreadyDecided, match=r"by ada@example\.com at 2030-05-17 09:30:00 UTC"):
        require_undecided(status, decision, by="ada@example.com", at=at)
