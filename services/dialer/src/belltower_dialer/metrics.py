"""What a dialer counts."""

from prometheus_client import Counter, Gauge, Histogram

taken = Counter("belltower_taken_total", "Campaigns taken over.")
owned = Gauge("belltower_owned", "Campaigns that this dialer runs now.")
placing = Gauge("belltower_placing", "Requests to the carrier under way.")
gated = Counter("belltower_gate_total", "Contacts at the gate, by verdict.", ["verdict"])
placements = Counter("belltower_placements_total", "Requests to the carrier, by what they came to.", ["result"])
reconciled = Counter("belltower_reconciled_total", "Silent calls looked after, by what was found.", ["result"])
errors = Counter("belltower_dialer_errors_total", "Rounds that failed, by loop.", ["loop"])
lateness = Histogram(
    "belltower_start_lateness_seconds",
    "From the instant at which a campaign is due to the start of process_campaign().",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300),
)
