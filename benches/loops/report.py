"""The tables of a run, from what run.py collects."""

from __future__ import annotations

import math
from typing import Any

from compilers import LOOPS, NUMBA, rung
from tables import figure, geometric_mean, heading, listing, table

# {contender: {"warm": {"min": …, "median": …}, "first": {…}, "compile": …}}, all in seconds.
Times = dict[str, dict[str, Any]]
# Whose loops are compiled while the program runs: what they spend before they are fast.
WARMING = (rung("typed"), rung("vector"), NUMBA, "PyPy", "LuaJIT")


def least(times: Times, name: str) -> float:
    return times[name]["warm"]["min"] if name in times else math.nan


def ratio(times: Times, name: str, other: str, statistic: str = "min") -> float:
    """A contender's time over another's."""
    if name not in times or other not in times:
        return math.nan
    return times[name]["warm"][statistic] / times[other]["warm"][statistic]


def nanoseconds(row: dict[str, Any], name: str) -> str:
    if name not in row["times"]:
        return "–"
    warm = row["times"][name]["warm"]
    return f"{figure(warm['min'] / row['iterations'] * 1e9)} ({figure(warm['median'] / row['iterations'] * 1e9)})"


def times_table(rows: dict[str, Any], names: list[str], markdown: bool) -> str:
    lines = [[name, *(nanoseconds(row, contender) for contender in names)] for name, row in rows.items()]
    return table(["min (median) ns", *names], lines, markdown)


def ratios_table(rows: dict[str, Any], main: str, others: list[str], markdown: bool) -> str:
    """The time of one of toy's rungs over everyone else's: below 1, toy is faster."""
    lines = []
    for name, row in rows.items():
        cells = []
        for other in others:
            values = [ratio(row["times"], main, other, statistic) for statistic in ("min", "median")]
            cells.append("–" if math.isnan(values[0]) else f"{figure(values[0])} ({figure(values[1])})")
        lines.append([name, *cells])
    every = [row["times"] for row in rows.values()]
    for statistic in ("min", "median"):
        means = [geometric_mean(ratio(times, main, other, statistic) for times in every) for other in others]
        lines.append([f"geometric mean, {statistic}", *map(figure, means)])
    counts = [sum(not math.isnan(ratio(times, main, other)) for times in every) for other in others]
    lines.append(["programs", *map(str, counts)])
    return table([f"{main} /", *others], lines, markdown)


def means_table(rows: dict[str, Any], toys: list[str], others: list[str], markdown: bool) -> str:
    lines = []
    for toy in toys:
        means = [geometric_mean(ratio(row["times"], toy, other) for row in rows.values()) for other in others]
        lines.append([toy, *map(figure, means)])
    return table(["time / that of …, geometric mean", *others], lines, markdown)


def milliseconds(seconds: float) -> str:
    return "–" if math.isnan(seconds) else f"{seconds * 1e3:.1f}"


def until_fast(times: Times, name: str) -> float:
    """The first sample of a process less the least of the later ones."""
    return times[name]["first"]["min"] - least(times, name) if name in times else math.nan


def compile_table(results: dict[str, Any], markdown: bool) -> str:
    """Milliseconds: what the compilers say or were measured to take, and what a first sample takes more than others."""
    rows, processes = results["programs"], results["compile"]
    measured = [name for name in map(rung, LOOPS) if any(name in row for row in processes.values())]
    warming = [name for name in WARMING if any(name in row["times"] for row in rows.values())]
    lines = []
    for name, row in rows.items():
        numba = row["times"].get(NUMBA, {}).get("compile", math.nan)
        compiled = [*(processes.get(name, {}).get(toy, math.nan) for toy in measured), numba]
        warmed = [until_fast(row["times"], contender) for contender in warming]
        lines.append([name, *map(milliseconds, compiled + warmed)])
    header = [f"{name}: compiled" for name in (*measured, NUMBA)] + [f"{name}: first − warm" for name in warming]
    return table(["ms", *header], lines, markdown)


def render(results: dict[str, Any], markdown: bool) -> str:
    computer, rows = results["machine"], results["programs"]
    names = [name for name in results["contenders"] if any(name in row["times"] for row in rows.values())]
    toys = [name for name in names if name.startswith("toy ")]
    others = [name for name in names if name not in toys]
    text = [heading("toy's loops and other compilers", markdown, 2)]
    text.append(f"{computer['cpu']}, {computer['cores']} cores, {computer['system']}; {results['rounds']} rounds; "
                f"load {computer['load'][0]:.1f} before, {computer['load after'][0]:.1f} after.")
    text.append(listing(list(results["contenders"].values()) + results["missing"]))
    text += [heading("One iteration of the innermost loop, warm", markdown), times_table(rows, names, markdown)]
    compiled = [name for name in (rung("typed"), rung("vector")) if name in toys] or toys[:1]
    for main in compiled:
        text.append(heading(f"{main} over others", markdown))
        text.append(ratios_table(rows, main, [name for name in (*toys, *others) if name != main], markdown))
    text += [heading("toy at each setting", markdown), means_table(rows, toys, others, markdown)]
    text += [heading("What compiling costs", markdown), compile_table(results, markdown)]
    if results["problems"]:
        text += [heading("Problems", markdown), listing(results["problems"])]
    return "\n\n".join(text) + "\n"
