"""When a series calls: a recurrence rule of RFC 5545, 3.3.10, from a first wall time in an IANA zone on.

`rule.py` is a rule, `reading.py` understands one that somebody wrote, `words.py` says it as a person would, `days.py` counts
its days, and `occurrences.py` makes moments of them.
"""
