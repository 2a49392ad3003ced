#!/usr/bin/env python3
"""The speed of hot loops: `toy` at each `--loops` beside CPython, Numba, PyPy, LuaJIT and gcc -O2.

    cargo build --release && python3 benches/loops/run.py [--quick] [--markdown] [--json FILE] [--toy PATH]

Runs each program of programs/ (listed in programs.py) under every contender that is found, and says what it left out.
A `.toy` file is the same text for toy, CPython, PyPy and Numba; its `.lua` and `.c` ports do the same work as one
writes it there. A program times its own work, after its inputs are made; the driver starts it anew in each round, and
takes the contenders of a program in turns, in an order that is drawn anew, so that what slows the machine for a while
slows all of them. Times are for one iteration of the innermost loop, whose number the program says: the least of all
warm samples, with the median in parentheses. The first sample of each process is cold, and counted apart.

What is compared, and what is not:

- Every answer is compared with CPython's in every round: exactly for toy, PyPy and Numba, floats within 1e-9 for Lua, C
  and `--loops vector`, which may add in another order. A wrong one is reported and not timed.
- Numba compiles each function of the file by `@njit`, without fastmath (numba_program.py). The lists that it gets from
  outside become arrays, which it reads faster than its typed lists; lists that its functions make are its own, which
  are contiguous as well. It is in the environment of benches/peers, which is made here where it is not there (this
  needs network, once). It compiles no code outside of functions.
- PyPy has no NumPy here: programs over arrays are left out.
- A list is a table in Lua, an array of the FFI where Python has NumPy's; in C both are arrays, of pointers to rows
  where Python has lists of lists. Lua's numbers are doubles, also where Python's are integers.
- C is gcc -O2 for the machine that gcc was built for (no -march=native), each program once, kept under target/. What is
  measured is told apart from its caller, so that gcc cannot leave calls out. gcc and LuaJIT's arrays check no index,
  and C no overflow of integers: C is a reference.
- Lua's clock is that of its processor time, which does not count when it has to wait for a core.
- Compiling: for toy, the time of a whole process with `--hot 1` (or N) at a small size, less that of one that
  interprets; for Numba, what it says itself. What the first sample of a process takes more than the least of the later
  ones has that in it, and whatever else is not fast yet.

A binary that knows no `--loops` is measured as it is. `--quick` takes fewer rounds. `--check` asks for answers only, at
small sizes and with `--hot 1`: exit status 1 if one is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

import compilers  # noqa: E402
import report  # noqa: E402
from compile_times import compile_times  # noqa: E402
from contenders import ROOT, Contender  # noqa: E402
from programs import PROGRAMS, Program, command  # noqa: E402
from tables import machine  # noqa: E402
from turns import Entry, Session, check, summary, words  # noqa: E402

ROUNDS, QUICK_ROUNDS = 5, 2
PROCESSES, QUICK_PROCESSES = 15, 5


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--toy", type=Path, default=ROOT / "target/release/toy", help="the measured binary")
    parser.add_argument("--python", action="append", default=[], metavar="PATH", help="another CPython to consider")
    files = list(dict.fromkeys(program.file for program in PROGRAMS))
    parser.add_argument("--programs", type=words, default=files, help=f"some of {','.join(files)}")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--hot", type=int, metavar="N", help="toy's --hot, where it compiles")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: about three minutes")
    parser.add_argument("--check", action="store_true", help="answers only, at small sizes")
    parser.add_argument("--json", type=Path, help="write every number here as well")
    parser.add_argument("--markdown", action="store_true", help="tables in Markdown")
    options = parser.parse_args()
    if unknown := [name for name in options.programs if name not in files]:
        parser.error(f"--programs: there is no {', '.join(unknown)}")
    options.rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    if options.check and options.hot is None:
        options.hot = 1
    options.toy = options.toy.resolve()
    if not options.toy.exists():
        sys.exit(f"loops: there is no {options.toy}: cargo build --release, or --toy PATH")
    return options


def times(entry: Entry) -> dict[str, Any]:
    """Of all runs: the samples that were warm, the first ones, and what was said of compiling."""
    found: dict[str, Any] = {
        "warm": summary([seconds for run in entry.runs for seconds in run.seconds[1:]]),
        "first": summary([run.seconds[0] for run in entry.runs]),
    }
    said = [float(run.others["compile"]) for run in entry.runs if "compile" in run.others]
    return found | ({"compile": min(said)} if said else {})


def row(program: Program, entries: list[Entry]) -> dict[str, Any] | None:
    """The times of a program, and the iterations that it says it runs; None where nobody did."""
    said = [int(run.others["iterations"]) for entry in entries for run in entry.runs if "iterations" in run.others]
    if not said:
        return None
    return {
        "arguments": program.arguments,
        "iterations": said[0],
        "times": {entry.contender.name: times(entry) for entry in entries if entry.runs},
    }


def measure(found: list[Contender], programs: list[Program], options: argparse.Namespace) -> dict[str, Any]:
    before = machine()
    session = Session("loops", found, programs, partial(command, small=False))
    session.measure(options.rounds)
    rows = {p.name: row(p, [entry for entry in session.entries if entry.program is p]) for p in programs}
    compiled = compile_times(session.entries, QUICK_PROCESSES if options.quick else PROCESSES)
    return {
        "machine": before | {"load after": os.getloadavg()},
        "rounds": options.rounds,
        "contenders": {contender.name: contender.about for contender in found},
        "programs": {name: found for name, found in rows.items() if found},
        "compile": compiled,
        "problems": session.problems,
    }


def main() -> int:
    options = parse()
    programs = [program for program in PROGRAMS if program.file in options.programs]
    found, missing = compilers.find(options.toy, options.python, options.hot, measured=not options.check)
    if options.check:
        print("\n".join(missing))
        return check(Session("loops", found, programs, partial(command, small=True)), found)
    results = measure(found, programs, options) | {"missing": missing}
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    print(report.render(results, options.markdown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
