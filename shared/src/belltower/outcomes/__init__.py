"""What a report about a call means: for the call, its contact, the money, the campaign. The one place for it.

The API hands over what the carrier posts, the dialer's reconciler what the carrier answers when asked, the dialer what
became of its own requests. A report is recorded once, moves the call forward only, and has its side effects in the
transaction that moved it: one statement locks and reads, `decide` says what follows, one statement writes all of it. Reports
that arrive side by side are applied together.
"""

from belltower.outcomes.apply import Outcomes
from belltower.outcomes.decide import GRACE, QUEUE_LIMIT, WINDOW_NEEDED, Effect, decide

__all__ = ["GRACE", "QUEUE_LIMIT", "WINDOW_NEEDED", "Effect", "Outcomes", "decide"]
