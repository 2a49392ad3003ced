#!/usr/bin/env python3
"""Whether what `toy trace --summary` says a loop's overheads take can be relied on: two runs of it, one after the
other, on five loops.

    cargo build --release && python3 benches/overheads/run.py [--runs N] [--json FILE] [--toy PATH]

Each figure is a median with an interval. For each loop, and each of the nine overheads, the remainder and the total,
the intervals of every two runs are laid over each other: they should meet. What is printed are both medians with their
margins, in nanoseconds per iteration, and at the end how many pairs met. On a machine that does something else at the
same time they may not: a busy neighbour on the same core slows all of a run, and no scatter inside of that run tells.
Exit status 1 if more than one pair in twenty does not meet, which is what the intervals promise at worst.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
OVERHEADS = (
    "dispatch",
    "bounds_check",
    "dereference",
    "type_check",
    "memory_access",
    "arithmetic",
    "loop_counter",
    "branch",
    "other",
)
# The share of pairs that may differ: intervals are of 95 %.
ALLOWED = 0.05

# One loop each, of some ten thousand iterations.
LOOPS = {
    "gradient": """\
def gradient(a, b, c):
    total = 0.0
    for i in range(len(a)):
        total += (a[i] - b[i]) * c[i]
    return total

x = [0.5] * 20000
print(gradient(x, x, x))
""",
    "integers": """\
def steps(n):
    count = 0
    while n > 1:
        n = n - 3 if n % 2 == 0 else n - 1
        count += 1
    return count

print(steps(60000))
""",
    "items": """\
def mean(items):
    total = 0.0
    for item in items:
        total = total + item
    return total / len(items)

print(mean([1.5] * 30000))
""",
    "calls": """\
def square(x):
    return x * x

def sum_of_squares(n):
    total = 0.5
    for i in range(n):
        total += square(i)
    return total

print(sum_of_squares(20000))
""",
    "globals": """\
total = 0.5
for i in range(20000):
    total = total + i / 3
print(total)
""",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2, help="runs of each loop, all pairs of which are compared")
    parser.add_argument("--toy", type=Path, default=ROOT / "target/release/toy")
    parser.add_argument("--json", type=Path, help="write all figures there")
    options = parser.parse_args()

    found: dict[str, list[dict[str, Any]]] = {name: [] for name in LOOPS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.runs):
            for name, text in LOOPS.items():
                script = Path(folder) / f"{name}.toy"
                script.write_text(text)
                found[name].append(measure(options.toy, script))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")

    met = compared = 0
    for name, runs in found.items():
        print(f"\n{name}: ns per iteration, {options.runs} runs")
        for row in ("total", *OVERHEADS, "remainder"):
            intervals = [figure(run, row) for run in runs]
            if any(interval is None for interval in intervals):
                continue
            pairs = list(itertools.combinations(intervals, 2))
            meeting = sum(first["low"] <= second["high"] and second["low"] <= first["high"] for first, second in pairs)
            met += meeting
            compared += len(pairs)
            figures = "  ".join(f"{i['median']:8.2f} ({i['low']:7.2f} … {i['high']:7.2f})" for i in intervals)
            print(f"  {row.replace('_', ' '):<14}{figures}  {'' if meeting == len(pairs) else 'apart'}".rstrip())
    print(f"\n{met} of {compared} pairs of intervals meet.")
    return 0 if met >= (1 - ALLOWED) * compared else 1


def measure(toy: Path, script: Path) -> dict[str, Any]:
    """The time of the script's only loop."""
    command = [str(toy), "trace", str(script), "--summary", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    for loop in json.loads(done.stdout)["totals"]["loops"]:
        if "time" in loop:
            return loop["time"]
        if "not_timed" in loop:
            sys.exit(f"{script.name}: {loop['not_timed']}")
    sys.exit(f"{script.name}: no loop ran")


def figure(run: dict[str, Any], row: str) -> dict[str, float] | None:
    """A median with its interval; none if there is nothing of it in the loop."""
    return run["parts"][row]["ns"] if row in OVERHEADS else run[row]


if __name__ == "__main__":
    sys.exit(main())
