"""The circuit breaker: a campaign whose calls keep failing at the carrier is paused before it has burnt its list."""

from dataclasses import dataclass

_LONGEST_ERROR = 200


@dataclass(frozen=True, slots=True)
class CircuitBreaker:
    """It trips when, of the last `window_calls` calls that ended within `within` seconds, `failed_share` failed or more.

    A call failed when the carrier refused it or could not put it through. Busy, unanswered and cancelled ones have not, and
    what was not placed is no call.
    """

    window_calls: int = 20
    within: int = 120
    """Seconds."""
    failed_share: float = 0.5
    """From 0 (exclusive) to 1."""

    def trips(self, *, ended: int, failed: int) -> bool:
        """Whether `failed` of the `ended` latest calls are too many. Fewer calls than `window_calls` say nothing."""
        return ended >= self.window_calls and failed >= self.failed_share * ended

    def reason(self, *, ended: int, failed: int, last_error: str | None) -> str:
        """Why the campaign was paused, for people."""
        span = (
            f"{self.within // 60} minutes" if self.within % 60 == 0 and self.within > 60 else f"{self.within} seconds"
        )
        said = (last_error or "the carrier gave no reason")[:_LONGEST_ERROR].rstrip(".")
        return (
            f"Paused: {failed} of the last {ended} calls failed within {span}; last error: {said}. Look into it, then resume"
            " the campaign."
        )
