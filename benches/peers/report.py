"""The tables of a run, from what session.run returns (or from the JSON of an earlier run)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from kernels import GFLOPS, KERNELS
from tables import figure, geometric_mean, heading, listing, table

# References fill an array that the caller keeps; they are shown, but not raced against.
REFERENCES = ("numba-out", "c", "c-loop")
COLUMNS = ("toy", "numpy", "numexpr", "numba", "jax", "pythran", *REFERENCES)
# Within this factor of the fastest, two are equally fast; the share of C's speed that counts as C's.
EQUAL, OF_C = 1.03, 0.9


@dataclass
class Row:
    """A cell: the fastest implementation of each peer."""

    kernel: str
    dtype: str
    n: int
    best: dict[str, dict[str, Any]]

    @property
    def name(self) -> str:
        return f"{self.kernel} {self.dtype} {self.n}"

    def seconds(self, peer: str) -> float:
        return self.best[peer]["min"] if peer in self.best else math.nan

    def fastest_peer(self) -> str | None:
        peers = [peer for peer in self.best if peer != "toy" and peer not in REFERENCES]
        return min(peers, key=self.seconds, default=None)

    def to_fastest(self) -> float:
        """toy's time over that of the fastest peer."""
        peer = self.fastest_peer()
        return self.seconds("toy") / self.seconds(peer) if peer else math.nan

    def to_c(self, c: str = "c") -> float:
        """C's time over toy's: toy's share of C's speed."""
        return self.seconds(c) / self.seconds("toy")


def rows_of(entries: list[dict[str, Any]]) -> list[Row]:
    rows: dict[tuple[str, str, int], Row] = {}
    for entry in entries:
        key = (entry["kernel"], entry["dtype"], entry["n"])
        best = rows.setdefault(key, Row(*key, {})).best
        # References that a worker offers beside what it contends with.
        special = entry["implementation"] in ("out", "loop") and entry["peer"] + "-" + entry["implementation"]
        peer = special if special in REFERENCES else entry["peer"]
        if peer not in best or entry["min"] < best[peer]["min"]:
            best[peer] = entry
    order = {name: place for place, name in enumerate(KERNELS)}
    return sorted(rows.values(), key=lambda row: (order[row.kernel], row.dtype, row.n))


def in_unit(row: Row, seconds: float) -> str:
    kernel = KERNELS[row.kernel]
    work = kernel.work(row.n)
    return figure(work / seconds / 1e9 if kernel.unit == GFLOPS else seconds / work * 1e9)


def cell(row: Row, peer: str, first: str | None, markdown: bool) -> str:
    if peer not in row.best:
        return "–"
    least = in_unit(row, row.best[peer]["min"])
    marked = (f"**{least}**" if markdown else f"*{least}") if peer == first else least
    return f"{marked} ({in_unit(row, row.best[peer]['median'])})"


def times(rows: list[Row], columns: list[str], markdown: bool) -> str:
    lines = []
    for row in rows:
        contenders = [peer for peer in row.best if peer not in REFERENCES]
        first = min(contenders, key=row.seconds, default=None)
        ratios = [figure(row.to_fastest()), figure(row.to_c())] if "toy" in columns else []
        cells = [cell(row, peer, first, markdown) for peer in columns]
        lines.append([row.name, KERNELS[row.kernel].unit, *cells, *ratios])
    ratios = ["toy / fastest peer", "C / toy"] if "toy" in columns else []
    return table(["kernel dtype n", "unit", *columns, *ratios], lines, markdown)


def first_calls(entries: list[dict[str, Any]], markdown: bool) -> str:
    """Milliseconds of the first call of each (kernel, dtype), at its smallest size, for each implementation."""
    found: dict[tuple[str, str], dict[str, tuple[int, float]]] = {}
    names: list[str] = []
    for entry in entries:
        name = " ".join(filter(None, (entry["peer"], entry["implementation"])))
        if name not in names:
            names.append(name)
        seen = found.setdefault((entry["kernel"], entry["dtype"]), {})
        seen[name] = min(seen.get(name, (entry["n"], entry["first"])), (entry["n"], entry["first"]))
    lines = [
        [" ".join(key), *(figure(seen[name][1] * 1e3) if name in seen else "–" for name in names)]
        for key, seen in found.items()
    ]
    return table(["kernel dtype", *names], lines, markdown)


def summary(rows: list[Row], markdown: bool) -> list[str]:
    """How toy stands, over all cells and for each kernel, and the cells where it is behind."""
    rows = [row for row in rows if "toy" in row.best]
    lines = []
    for name in ["all", *dict.fromkeys(row.kernel for row in rows)]:
        group = [row for row in rows if name in ("all", row.kernel)]
        raced = [row for row in group if not math.isnan(row.to_fastest())]
        compared = [row for row in group if not math.isnan(row.to_c())]
        looped = [row for row in group if not math.isnan(row.to_c("c-loop"))]
        lines.append([
            name if name == "all" else f"{name}: {KERNELS[name].text}",
            figure(geometric_mean(row.seconds("numpy") / row.seconds("toy") for row in group)),
            figure(geometric_mean(row.to_fastest() for row in raced)),
            f"{sum(row.to_fastest() <= EQUAL for row in raced)} of {len(raced)}",
            figure(geometric_mean(row.to_c() for row in compared)),
            f"{sum(row.to_c() >= OF_C for row in compared)} of {len(compared)}",
            f"{sum(row.to_c('c-loop') >= OF_C for row in looped)} of {len(looped)}",
        ])
    header = ["geometric means and counts", "NumPy / toy", "toy / fastest peer", "first or within 3 %",
              "C / toy", "at least 0.9 of C", "… of c-loop"]
    text = [table(header, lines, markdown)]

    behind = sorted((row for row in rows if row.to_fastest() > EQUAL), key=Row.to_fastest, reverse=True)
    text.append(heading("Cells where a peer is faster by more than 3 %: toy's time over its", markdown))
    text.append(listing([f"{row.name}: {row.to_fastest():.2f} ({described(row)})" for row in behind]))
    behind = sorted((row for row in rows if row.to_c() < OF_C), key=Row.to_c)
    text.append(heading("Cells where toy has less than 0.9 of C's speed: C's time over toy's", markdown))
    text.append(listing([f"{row.name}: {row.to_c():.2f}" for row in behind]))
    return text


def described(row: Row) -> str:
    """The fastest peer, with the implementation that it was."""
    entry = row.best[row.fastest_peer()]
    return " ".join(filter(None, (entry["peer"], entry["implementation"])))


def render(results: dict[str, Any], markdown: bool) -> str:
    computer = results["machine"]
    text = [heading("toy and its peers", markdown, 2)]
    text.append(f"{computer['cpu']}, {computer['cores']} cores, {computer['system']}; {results['rounds']} rounds; "
                f"load {computer['load'][0]:.1f} before, {computer['load after'][0]:.1f} after. "
                "Least (median); the fastest that makes its result anew is marked.")
    about = results["versions"]
    text.append(listing([", ".join(f"{k} {v}" for k, v in said.items()) for said in about.values()]))
    for run in results["runs"]:
        rows = rows_of(run["entries"])
        columns = [peer for peer in COLUMNS if any(peer in row.best for row in rows)]
        threads = f"{run['threads']} thread{'s' if run['threads'] > 1 else ''}"
        text.append(heading(threads, markdown))
        text.append(times(rows, columns, markdown))
        text.append(heading(f"First call, milliseconds, {threads}", markdown))
        text.append(first_calls(run["entries"], markdown))
        if "toy" in columns:
            text.append(heading(f"How toy stands, {threads}", markdown))
            text += summary(rows, markdown)
        if run["problems"]:
            text.append(heading(f"Problems, {threads}", markdown))
            text.append(listing(run["problems"]))
    return "\n\n".join(text) + "\n"
