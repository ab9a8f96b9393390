"""What the scheduler counts."""

from prometheus_client import Counter, Gauge, Histogram

announced = Counter("belltower_announced_total", "Campaigns announced to the dialers.")
missed = Counter("belltower_missed_total", "Campaigns paused because their start was missed by more than their grace.")
withdrawn = Counter("belltower_announcements_withdrawn_total", "Announcements that the broker did not confirm in time.")
announced_again = Counter("belltower_announced_again_total", "Announcements that nobody took, made again.")
evicted = Counter("belltower_evicted_total", "Campaigns taken away from a dialer that died.")
decided = Counter("belltower_occurrences_decided_total", "Occurrences of series that were about to be due.")
made = Counter("belltower_occurrence_steps_total", "Steps taken to make the next occurrences of series.")
moved = Counter("belltower_wall_times_moved_total", "Campaigns that were moved with the rules of their zones.")
folded = Counter("belltower_folded_total", "Changes folded into balances and progress.")
tick_errors = Counter("belltower_tick_errors_total", "Ticks that failed, by loop.", ["loop"])
backlog = Gauge("belltower_backlog", "Campaigns that are due and wait for a dialer; 1,000 means at least so many.")
lateness = Histogram(
    "belltower_announce_lateness_seconds",
    "From the instant at which a campaign is due to its announcement.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300),
)
audit_findings = Gauge(
    "belltower_audit_findings", "What the last audit found, by rule; 1,000 means at least so many.", ["rule"]
)
audit_succeeded = Gauge(
    "belltower_audit_success_timestamp_seconds",
    "When this process last looked at everything that is audited; 0: not yet.",
)
