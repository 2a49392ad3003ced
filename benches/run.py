#!/usr/bin/env python3
"""`toy` beside NumPy: the text's array expression, measured in turns in one run, and what `toy compare` says.

    cargo build --release && python3 benches/run.py [--rounds 3] [--toy target/release/toy] [--json FILE]

Every round runs each contender once, in an order that changes, so that what slows the machine down for a while slows
all of them. A contender's time is the minimum and the median over the rounds. What is compared are ratios; the times
mean nothing on another machine. The array expression runs under the oracle's NumPy, single-threaded, beside
`toy --threads 1` and `toy` on all cores. The text's loop is measured by benches/interpreter/run.py, beside every
CPython and other interpreters; more array expressions by benches/peers/run.py, beside other libraries.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SINGLE_THREADED = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def measure(command, script):
    """{row name: (minimum, median)} in nanoseconds for one element, as the script prints them."""
    run = subprocess.run(
        [*command, script], cwd=ROOT, env=os.environ | SINGLE_THREADED, capture_output=True, text=True, timeout=900
    )
    if run.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} {script}: exit status {run.returncode}\n{run.stderr}")
    rows = {}
    for line in run.stdout.splitlines():
        *name, low, median = line.split()
        rows[" ".join(name)] = (float(low), float(median))
    return rows


def in_turns(contenders, script, rounds):
    """{contender: {row: (minimum of minima, median of medians)}}"""
    seen = {name: [] for name in contenders}
    names = list(contenders)
    for turn in range(rounds):
        for name in names[turn % len(names):] + names[: turn % len(names)]:
            seen[name].append(measure(contenders[name], script))
            print(f"  round {turn + 1} of {rounds}: {name}", file=sys.stderr)
    return {
        name: {
            row: (min(r[row][0] for r in runs), statistics.median(r[row][1] for r in runs)) for row in runs[0]
        }
        for name, runs in seen.items()
    }


def table(title, results, baseline):
    """Prints times, and how many times faster than each contender the baseline is."""
    print(f"\n{title}\n")
    header = ["", *(f"{name} min / median ns" for name in results)]
    header += [f"{name} ÷ {baseline}" for name in results if name != baseline]
    rows = [header]
    for row in next(iter(results.values())):
        low, median = results[baseline][row]
        cells = [row, *(f"{r[row][0]:.3f} / {r[row][1]:.3f}" for r in results.values())]
        cells += [f"{r[row][0] / low:.2f} / {r[row][1] / median:.2f}" for n, r in results.items() if n != baseline]
        rows.append(cells)
    widths = [max(len(r[i]) for r in rows) for i in range(len(header))]
    for r in rows:
        print("  ".join(cell.rjust(width) for cell, width in zip(r, widths)).rstrip())


def compare(toy):
    """What `toy compare` says of the same pair; None where it says nothing that is understood."""
    command = [toy, "compare", "programs/gradient.toy", "-n", "1000,100000,1000000", "--format", "json"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    try:
        pairs = json.loads(run.stdout).get("pairs", [])
    except ValueError:
        print(f"toy compare: exit status {run.returncode}, no JSON\n{run.stderr}", file=sys.stderr)
        return None
    print("\ntoy compare programs/gradient.toy: median ns for one iteration\n")
    for row in (row for pair in pairs for row in pair.get("rows", [])):
        cells = []
        for form in ("loop_list", "loop_array", "vectorized"):
            median = row.get(form, {}).get("ns_per_iteration", {}).get("median")
            cells.append(f"{form} {median:.3f}" if median is not None else f"{form} -")
        print(f"  n = {row.get('n')}: {', '.join(cells)}, factor {row.get('factor') or 0:.1f}")
    return pairs


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--toy", default="target/release/toy")
    options.add_argument("--json", type=Path, help="write every number here as well")
    options = options.parse_args()
    toy = str((ROOT / options.toy).resolve())
    oracle = subprocess.run([ROOT / "tests/oracle/run", "python", "-c", "import sys; print(sys.executable)"],
                            capture_output=True, text=True, check=True).stdout.strip()

    arrays = {"toy 1 thread": [toy, "run", "--threads", "1"], "NumPy": [oracle], "toy all cores": [toy, "run"]}
    vectorized = in_turns(arrays, "benches/vectorized.toy", options.rounds)

    print(f"{platform.machine()}, {os.cpu_count()} cores, {options.rounds} rounds")
    table("The array expression, one element", vectorized, "toy 1 thread")
    pairs = compare(toy)
    if options.json:
        options.json.write_text(json.dumps({"vectorized": vectorized, "compare": pairs}, indent=1))


if __name__ == "__main__":
    main()
