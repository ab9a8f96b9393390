"""The rules of the product that are taken out of it, one at a time, and the tests of which one has to fail then."""

from dataclasses import dataclass

GATE = "services/dialer/src/belltower_dialer/gate.py"
JUDGING = "services/dialer/src/belltower_dialer/judging.py"
PACE = "services/dialer/src/belltower_dialer/pace.py"
SQL = "shared/src/belltower/db/sql"
DOMAIN = "shared/src/belltower/domain"
API = "services/api/src/belltower_api"
HOURS_TESTS = "tests/integration/test_calling_hours.py tests/unit/test_domain_calling_hours.py"
WINDOW_TESTS = "tests/unit/test_domain_calling_window.py"
PACE_TESTS = "tests/integration/test_pacing.py"
GATE_TESTS = "tests/integration/test_gate.py"
SERIES_TESTS = "tests/integration/test_series_running.py tests/integration/test_api_series.py"
RETRY_TESTS = "tests/unit/test_domain_retry_policy.py"


@dataclass(frozen=True, slots=True)
class Removal:
    """A rule that is taken out."""

    rule: str
    file: str
    text: str
    """Where it stands: once, and only there."""
    instead: str
    tests: str
    """Where it must be missed, as pytest takes it."""


REMOVALS = (
    # ---- who may be called when
    Removal(
        "nobody is called outside the calling window",
        JUDGING, "if decision.allowed:", "if True:", HOURS_TESTS,
    ),
    Removal(
        "a window has to stay open for as long as a call may wait to ring",
        JUDGING, "lasts=WINDOW_NEEDED)", "lasts=WINDOW_NEEDED * 0)", HOURS_TESTS,
    ),
    Removal(
        "the decision is kept with the call",
        JUDGING, "record = decision.record(self.now) if decision.allowed else None", "record = None", HOURS_TESTS,
    ),
    Removal(
        "a campaign's window narrows the account's",
        f"{DOMAIN}/calling_hours.py",
        'named = {"account": self.window, "campaign": campaign}',
        'named = {"account": self.window, "campaign": None}',
        HOURS_TESTS,
    ),
    Removal(
        "of several zones all have to be open",
        f"{DOMAIN}/calling_hours.py",
        "stretch = _remembered(windows, tuple(zones), now, lasts)",
        "stretch = _remembered(windows, tuple(zones)[:1], now, lasts)",
        HOURS_TESTS,
    ),
    Removal(
        "whose zone nobody knows is not called",
        f"{DOMAIN}/calling_hours.py",
        "if not zones and self.unknown_zone == OPEN:",
        "if not zones:",
        HOURS_TESTS,
    ),
    Removal(
        "the zone of a contact's list comes before that of its number",
        f"{DOMAIN}/calling_hours.py",
        "        if timezone is not None:\n            return (timezone,), Source.CONTACT\n",
        "",
        HOURS_TESTS,
    ),
    Removal(
        "nobody is called on a holiday",
        f"{DOMAIN}/calling_window.py",
        "        if day in self.holidays:\n            return ()\n",
        "",
        WINDOW_TESTS,
    ),
    Removal(
        "hours may run past midnight",
        f"{DOMAIN}/calling_window.py",
        "if each.end > _DAY and eve.weekday() in each.days]",
        "if False]",
        WINDOW_TESTS,
    ),
    Removal(
        "what has expired is not called",
        GATE, "(row.expires_at is not None and row.expires_at <= counts.now)", "False", "tests/integration/test_expiry.py",
    ),
    Removal(
        "the do-not-call list is looked at by the gate",
        f"{SQL}/gate_admit.sql",
        "WHERE do_not_call.account_id = :account AND do_not_call.phone = waiting.phone",
        "WHERE do_not_call.account_id = :account AND do_not_call.phone = ''",
        GATE_TESTS,
    ),
    Removal(
        "a key press puts its caller on the do-not-call list",
        f"{API}/routes/carrier_callbacks.py", "if press.key != opt_out.KEY:", "if True:",
        "tests/integration/test_api_opt_out.py",
    ),
    Removal(
        "a number is not called more often than the cap allows",
        f"{SQL}/gate_admit.sql",
        "            WHEN capped.until > clock_timestamp() THEN 'frequency_cap'\n",
        "",
        PACE_TESTS,
    ),
    Removal(
        "a number is on one call at a time",
        f"{SQL}/gate_admit.sql",
        "AND attempts.status IN ('dialling', 'queued', 'ringing', 'in_progress')\n            ) THEN",
        "AND attempts.status = 'nothing'\n            ) THEN",
        GATE_TESTS,
    ),
    # ---- how often, how fast
    Removal(
        "a contact has a budget of attempts",
        f"{DOMAIN}/retry_policy.py", "if delay is None or attempts >= self.max_attempts:", "if delay is None:", RETRY_TESTS,
    ),
    Removal(
        "a disposition has a delay of its own",
        f"{DOMAIN}/retry_policy.py", "self.delays.get(ended, self.delay)", "self.delay", RETRY_TESTS,
    ),
    Removal(
        "delays grow",
        f"{DOMAIN}/retry_policy.py", "self.backoff ** max(attempts - 1, 0)", "1", RETRY_TESTS,
    ),
    Removal(
        "a machine that is hung up on was not reached",
        f"{DOMAIN}/retry_policy.py",
        "return is_voicemail and self.answering_machine is AnsweringMachine.LEAVE_MESSAGE",
        "return is_voicemail",
        f"{RETRY_TESTS} tests/integration/test_answering_machines.py",
    ),
    Removal(
        "an account has a limit of simultaneous calls",
        GATE, "_left(account.max_concurrent_calls, counts.live, room),", "room,", f"{GATE_TESTS} {PACE_TESTS}",
    ),
    Removal(
        "an account has a limit of calls per second",
        GATE, "_left(account.calls_per_second, counts.recent, room),", "room,", GATE_TESTS,
    ),
    Removal(
        "a caller id has limits",
        PACE, "self._caller_ids[row.caller_id] = max(row.may, 0)", "pass", PACE_TESTS,
    ),
    Removal(
        "a campaign has a limit of calls per second",
        PACE, "self._campaigns[row.campaign_id] = max(row.may, 0)", "pass", PACE_TESTS,
    ),
    Removal(
        "a campaign has a limit of simultaneous calls",
        GATE, "slots = max(campaign.taken.concurrency - live[campaign.taken.id], 0)", "slots = room", GATE_TESTS,
    ),
    Removal(
        "a call is let through only when the wallet can bear it",
        GATE, "affordable = room if not hold else max(int(available // hold), 0)", "affordable = room", GATE_TESTS,
    ),
    Removal(
        "calls that keep failing pause their campaign",
        f"{DOMAIN}/circuit_breaker.py",
        "return ended >= self.window_calls and failed >= self.failed_share * ended",
        "return False",
        "tests/integration/test_circuit_breaker.py",
    ),
    Removal(
        "a few failed calls say nothing",
        f"{DOMAIN}/circuit_breaker.py", "ended >= self.window_calls and ", "",
        "tests/unit/test_domain_circuit_breaker.py",
    ),
    # ---- stopping, editing, starting
    Removal(
        "a campaign that was stopped lets no call through",
        f"{SQL}/gate_lock_campaigns.sql",
        " AND mine.epoch = campaigns.epoch\nWHERE campaigns.owner = :dialer AND campaigns.status = 'processing'\n",
        "\n",
        GATE_TESTS,
    ),
    Removal(
        "a campaign is taken from its dialer by a stop",
        f"{SQL}/stop.sql", "owner = NULL, epoch = epoch + 1, ", "", "tests/integration/test_moves.py",
    ),
    Removal(
        "an edit is refused whose campaign was changed meanwhile",
        f"{API}/edit_campaign.py", "if not seen.fits(before.version):", "if False:", "tests/integration/test_api_edit.py",
    ),
    Removal(
        "a campaign that runs is not edited",
        f"{API}/edit_campaign.py", "        require_editable(CampaignStatus(before.status))\n", "",
        "tests/integration/test_api_edit.py",
    ),
    Removal(
        "a start that was missed waits for a decision",
        f"{SQL}/claim_due.sql", "AND late >= greatest(campaigns.misfire_grace, 10)", "AND false",
        "tests/integration/test_api_misfire.py tests/integration/test_scheduler.py",
    ),
    Removal(
        "to create, to duplicate and to retry take the minimum balance",
        f"{API}/create_campaign.py", "        require_funds(resources, terms)\n", "        pass\n",
        "tests/integration/test_api_duplicate.py tests/integration/test_api_retry.py",
    ),
    Removal(
        "to start and to resume take the minimum balance",
        f"{API}/move_campaign.py", "            require_funds(resources, terms)\n", "            pass\n",
        "tests/integration/test_api_moves.py",
    ),
    Removal(
        "an occurrence takes the minimum balance",
        f"{SQL}/decide_occurrences.sql", "            WHEN wallet.balance < :minimum THEN 'held'\n",
        "            WHEN :minimum < -1 THEN 'held'\n", SERIES_TESTS,
    ),
    # ---- time
    Removal(
        "an occurrence in a gap of the clocks is at its end",
        f"{DOMAIN}/schedule.py",
        "return instant if wall_at(instant, where) == wall else _first_moment_after_gap(wall, where)",
        "return instant",
        "tests/unit/test_schedule.py tests/unit/test_domain_recurrence.py",
    ),
    Removal(
        "of a doubled time the first is meant",
        f"{DOMAIN}/schedule.py", "wall = wall.replace(tzinfo=None, fold=0)\n", "wall = wall.replace(tzinfo=None, fold=1)\n",
        "tests/unit/test_schedule.py tests/unit/test_domain_recurrence.py",
    ),
    Removal(
        "a campaign keeps its wall time when the rules of its zone change",
        "shared/src/belltower/db/wall_times.py", "if instant != each.scheduled_time:", "if False:",
        "tests/integration/test_wall_times.py",
    ),
    Removal(
        "an occurrence is made once",
        "shared/src/belltower/db/occurrences.py", " or each.wall in made:", ":", SERIES_TESTS,
    ),
    Removal(
        "an occurrence is skipped whose predecessor still runs",
        f"{SQL}/decide_occurrences.sql", "WHEN series.skip_if_running AND EXISTS (", "WHEN false AND EXISTS (", SERIES_TESTS,
    ),
    Removal(
        "a calendar feed that was revoked is gone",
        f"{SQL}/find_feed.sql", "revoked_at IS NOT NULL AS is_revoked", "false AS is_revoked",
        "tests/integration/test_api_calendar.py",
    ),
)  # fmt: skip
