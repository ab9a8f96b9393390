"""What a benchmark found: figures, what each is held against, and how they are shown and kept."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "latest.json"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure is held against."""

    at_most: float | None = None
    at_least: float | None = None
    of_raw: bool = False
    """It is about the ratio to the raw baseline, not about the figure."""

    def is_met(self, figure: "Figure") -> bool | None:
        """Whether it is; None when there is nothing to hold against it."""
        value = figure.ratio if self.of_raw else figure.value
        if value is None:
            return None
        return (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)

    def __str__(self) -> str:
        words = [f"≤ {self.at_most:g}"] if self.at_most is not None else []
        words += [f"≥ {self.at_least:g}"] if self.at_least is not None else []
        return " and ".join(words) + (" × raw" if self.of_raw else "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that a path came to, beside what the raw baseline came to in the same run."""

    what: str
    value: float
    unit: str
    raw: float | None = None
    bar: Goal | None = None
    aim: Goal | None = None
    more_is_better: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How good it is beside the raw baseline: 1 is as good, 0.5 half as fast or twice as long."""
        if self.raw is None or not self.raw or not self.value:
            return None
        return self.value / self.raw if self.more_is_better else self.raw / self.value

    @property
    def verdict(self) -> str:
        """In a word, how it stands to its bar and its aim."""
        if self.bar is not None and not self.bar.is_met(self):
            return "MISSED"
        if self.aim is not None and self.aim.is_met(self):
            return "aim"
        return "met" if self.bar is not None else ""


@dataclass(frozen=True, slots=True)
class Found:
    """What measuring a path came to."""

    path: str
    figures: Sequence[Figure]
    samples: dict[str, Sequence[float]] | None = None
    """What its plot shows, by series."""


def share(values: Iterable[float], part: float) -> float:
    """The value below which such a part of them lies: 0.5 is the median, 0.99 the 99th percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def show(found: Found) -> None:
    """Print a path's figures as a table."""
    rows: list[tuple[str, ...]] = [("", "Belltower", "raw", "ratio", "bar", "aim", "")]
    for figure in found.figures:
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        raw = "" if figure.raw is None else shown(figure.raw, figure.unit)
        goals = tuple("" if goal is None else str(goal) for goal in (figure.bar, figure.aim))
        rows.append((figure.what, shown(figure.value, figure.unit), raw, ratio, *goals, figure.verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    print(f"\n{found.path}")
    for row in rows:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for figure in found.figures:
        if figure.note:
            print(f"  {figure.what}: {figure.note}")


def keep(found: Found) -> None:
    """Write a path's figures into the results, beside those of the other paths."""
    document = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    document[found.path] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "figures": [
            {
                **{name: value for name, value in asdict(figure).items() if name not in ("bar", "aim")},
                "value": round(figure.value, 4),
                "raw": None if figure.raw is None else round(figure.raw, 4),
                "ratio": None if figure.ratio is None else round(figure.ratio, 3),
                "bar": None if figure.bar is None else str(figure.bar),
                "aim": None if figure.aim is None else str(figure.aim),
                "verdict": figure.verdict,
            }
            for figure in found.figures
        ],
        "samples": {name: [round(each, 3) for each in values] for name, values in (found.samples or {}).items()},
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def shown(value: float, unit: str) -> str:
    """A figure as it is read."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()
