"""Puts what `bench/results/latest.json` holds into docs/performance.md, as a table and as plots: `python -m bench.report` does it
again."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pygal
from bench.figures import RESULTS, shown
from bench.paths import PATHS
from pygal.style import Style

DOCS = Path(__file__).parents[1] / "docs"
IMAGES = DOCS / "images" / "bench"
PAGE = DOCS / "performance.md"
BEGIN, END = "<!-- figures: written by make bench -->\n", "<!-- end of figures -->\n"
COLORS = ("#1d4ed8", "#64748b", "#60a5fa", "#cbd5e1")
_STYLE = Style(
    background="#ffffff",
    plot_background="#ffffff",
    colors=COLORS,
    font_family="system-ui, sans-serif",
    title_font_size=20,
    label_font_size=13,
    major_label_font_size=13,
    legend_font_size=14,
    value_font_size=12,
    stroke_width=3,
)
_LOOKS: dict[str, Any] = {
    "style": _STYLE,
    "js": (),
    "width": 900,
    "height": 420,
    "explicit_size": True,
    "legend_at_bottom": True,
    "legend_at_bottom_columns": 2,
    "disable_xml_declaration": True,
    "no_prefix": True,
    "truncate_legend": 60,
    "truncate_label": 60,
}


def report() -> None:
    """Write the table, and draw every plot whose path was measured."""
    kept: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    found = {name: kept[name] for name in PATHS if name in kept}
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + _table(found) + END + after, encoding="utf-8")
    _draw(found)


def _table(found: Mapping[str, Any]) -> str:
    """A row a figure."""
    lines = ["| path | Belltower | raw | ratio | bar | aim | |", "|---|---|---|---|---|---|---|"]
    for path, measured in found.items():
        for figure in measured["figures"]:
            cells = [
                f"{path}: {figure['what']}",
                shown(figure["value"], figure["unit"]),
                "" if figure["raw"] is None else shown(figure["raw"], figure["unit"]),
                "" if figure["ratio"] is None else f"{figure['ratio']:.2f}",
                figure["bar"] or "",
                figure["aim"] or "",
                {"MISSED": "**missed**", "aim": "aim reached"}.get(figure["verdict"], figure["verdict"]),
            ]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _draw(found: Mapping[str, Any]) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    if "idle lateness" in found:
        _shares(
            "lateness", "Campaigns that have begun, after their instant (idle)", found["idle lateness"]["samples"], "ms"
        )
    if "immediate campaign" in found:
        _shares(
            "immediate", "Campaigns whose telephone rings, after POST", found["immediate campaign"]["samples"], "ms"
        )
    if "due storm" in found:
        _shares("storm", "20,000 campaigns due at one instant: begun after", found["due storm"]["samples"], "ms")
    _ratios({name: path["figures"] for name, path in found.items()})


def _shares(name: str, title: str, samples: Mapping[str, Sequence[float]], unit: str) -> None:
    """Which share lies below each value."""
    chart = pygal.XY(
        **_LOOKS, title=title, x_title=unit, dots_size=1, show_dots=False, range=(0, 100), show_x_guides=True,
        value_formatter=lambda value: f"{value:.0f} %", x_value_formatter=lambda value: f"{value:g}",
    )  # fmt: skip
    for series, values in samples.items():
        ordered = sorted(values)
        points = [(value, 100 * (number + 1) / len(ordered)) for number, value in enumerate(ordered)]
        chart.add(series, points[:: max(len(points) // 150, 1)])
    chart.render_to_file(IMAGES / f"{name}.svg")


def _ratios(paths: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """The first figure of each path that has a raw baseline beside it."""
    chart = pygal.HorizontalBar(
        **{**_LOOKS, "height": 420, "show_legend": False},
        title="Belltower beside a raw baseline (1 = as good)",
        print_values=True,
        value_formatter=lambda value: f"{value:.2f}",
        show_y_guides=False,
    )
    rows = [
        (f"{path}: {figure['what']}", figure["ratio"])
        for path, figures in paths.items()
        if path not in ("large campaign", "at rest")
        for figure in figures[:1]
        if figure["ratio"] is not None
    ]
    chart.y_labels = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5]
    chart.x_labels = [label for label, _ in reversed(rows)]
    chart.add("ratio", [ratio for _, ratio in reversed(rows)])
    chart.render_to_file(IMAGES / "ratios.svg")


if __name__ == "__main__":
    report()
