"""The tables of a run, from what run.py collects."""

from __future__ import annotations

import math
from typing import Any

from tables import figure, geometric_mean, heading, listing, table

Times = dict[str, dict[str, float]]  # {contender: {"min": seconds, "median": seconds}}


def milliseconds(times: Times, name: str) -> str:
    return f"{figure(times[name]['min'] * 1e3)} ({figure(times[name]['median'] * 1e3)})" if name in times else "–"


def ratio(times: Times, name: str, statistic: str = "min") -> float:
    """A contender's time over toy's."""
    return times[name][statistic] / times["toy"][statistic] if name in times and "toy" in times else math.nan


def to_cpython(times: Times, statistic: str = "min") -> float:
    """The time of the fastest CPython over toy's."""
    ratios = [ratio(times, name, statistic) for name in times if name.startswith("CPython")]
    return min(ratios, default=math.nan)


def times_table(rows: dict[str, Times], names: list[str], markdown: bool) -> str:
    lines = []
    for row, times in rows.items():
        ratios = f"{figure(to_cpython(times))} ({figure(to_cpython(times, 'median'))})"
        lines.append([row, *(milliseconds(times, name) for name in names), ratios])
    return table(["min (median) ms", *names, "fastest CPython / toy"], lines, markdown)


def means_table(rows: dict[str, Times], names: list[str], markdown: bool) -> str:
    """Geometric means of times over toy's: above 1, toy is faster."""
    def line(statistic: str) -> list[str]:
        means = [geometric_mean(ratio(times, name, statistic) for times in rows.values()) for name in names]
        fastest = geometric_mean(to_cpython(times, statistic) for times in rows.values())
        return [statistic, *map(figure, means), figure(fastest)]

    counts = [str(sum(not math.isnan(ratio(times, name)) for times in rows.values())) for name in names]
    both = str(sum(not math.isnan(to_cpython(times)) for times in rows.values()))
    lines = [line("min"), line("median"), ["programs", *counts, both]]
    return table(["time / toy's, geometric mean", *names, "fastest CPython"], lines, markdown)


def render(results: dict[str, Any], markdown: bool) -> str:
    computer = results["machine"]
    names = list(results["contenders"])
    rest = [name for name in names if name != "toy"]
    rows, start_up = results["programs"], {"print(1)": results["start-up"]}
    text = [heading("toy and other interpreters", markdown, 2)]
    text.append(f"{computer['cpu']}, {computer['cores']} cores, {computer['system']}; {results['rounds']} rounds; "
                f"load {computer['load'][0]:.1f} before, {computer['load after'][0]:.1f} after.")
    text.append(listing(list(results["contenders"].values()) + results["missing"]))
    text += [heading("Programs", markdown), times_table(rows, names, markdown), means_table(rows, rest, markdown)]
    text += [heading("From the start of the process to its first output", markdown)]
    text += [times_table(start_up, names, markdown)]
    if results["problems"]:
        text += [heading("Problems", markdown), listing(results["problems"])]
    return "\n\n".join(text) + "\n"
