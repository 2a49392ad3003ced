#!/usr/bin/env python3
"""The interpreter's speed: `toy` beside CPython, PyPy and LuaJIT without their JITs, and Lua.

    cargo build --release && python3 benches/interpreter/run.py [--quick] [--markdown] [--json FILE] [--toy PATH]

Runs each program of programs/ (listed in programs.py) under every contender that is found on the PATH and in pyenv, and
says what it left out and how to install it. A `.toy` file is the same text for toy, CPython and PyPy; its `.lua` port
does the same work as one writes it in Lua. A program times its own work, after its inputs are made; the driver starts
it anew in each round, and takes the contenders of a program in turns, in an order that is drawn anew, so that what
slows the machine for a while slows all of them. A time is the least of all samples, with the median in parentheses.

What is compared, and what is not:

- Every answer is compared with CPython's in every round: exactly where it is Python's, floats within 1e-9 for Lua. A
  wrong one is reported and not timed.
- Of several builds of one CPython, the fastest is taken (a short trial decides). Distributions build with profiles;
  pyenv builds plainly, and slower by a fifth to a third, unless PYTHON_CONFIGURE_OPTS="--enable-optimizations
  --with-lto" was set. `--python PATH` adds a build. The report names each.
- Where programs need NumPy, a CPython without it is replaced by one of the same version that has it: the environment of
  the oracle or of benches/peers, if they were made.
- Lua's clock is that of its processor time, which does not count when it has to wait for a core.
- fannkuch reverses by slices in Python, and element by element in Lua, as one would write it. Lua's strings are unique
  in memory, so that it pays for a word's hash where the text is split, and never again.
- The time to the first output is taken from outside, from the start of the process to its first byte, and includes
  whatever a contender does before it flushes: CPython and PyPy read `site`, and the .pth files of installed packages.

`--quick` takes fewer rounds. `--check` asks for answers only, at small sizes: exit status 1 if one is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

import interpreters  # noqa: E402
import report  # noqa: E402
from contenders import ROOT, Contender  # noqa: E402
from programs import PROGRAMS, Program, command  # noqa: E402
from start_up import start_up  # noqa: E402
from tables import machine  # noqa: E402
from turns import Session, check, summary, words  # noqa: E402

ROUNDS, QUICK_ROUNDS = 5, 2
STARTS, QUICK_STARTS = 40, 15


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--toy", type=Path, default=ROOT / "target/release/toy", help="the measured binary")
    parser.add_argument("--python", action="append", default=[], metavar="PATH", help="another CPython to consider")
    files = list(dict.fromkeys(program.file for program in PROGRAMS))
    parser.add_argument("--programs", type=words, default=files, help=f"some of {','.join(files)}")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: about a minute and a half")
    parser.add_argument("--check", action="store_true", help="answers only, at small sizes")
    parser.add_argument("--json", type=Path, help="write every number here as well")
    parser.add_argument("--markdown", action="store_true", help="tables in Markdown")
    options = parser.parse_args()
    if unknown := [name for name in options.programs if name not in files]:
        parser.error(f"--programs: there is no {', '.join(unknown)}")
    options.rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    options.toy = options.toy.resolve()
    if not options.toy.exists():
        sys.exit(f"interpreter: there is no {options.toy}: cargo build --release, or --toy PATH")
    return options


def measure(found: list[Contender], programs: list[Program], options: argparse.Namespace) -> dict:
    before = machine()
    session = Session("interpreter", found, programs, partial(command, small=False))
    session.measure(options.rounds)
    started = start_up(found, QUICK_STARTS if options.quick else STARTS)
    return {
        "machine": before | {"load after": os.getloadavg()},
        "rounds": options.rounds,
        "contenders": {contender.name: contender.about for contender in found},
        "programs": {
            program.name: {
                entry.contender.name: summary(entry.seconds)
                for entry in session.entries
                if entry.program is program and entry.seconds
            }
            for program in programs
        },
        "start-up": {name: summary(seconds) for name, seconds in started.items()},
        "problems": session.problems,
    }


def main() -> int:
    options = parse()
    programs = [program for program in PROGRAMS if program.file in options.programs]
    found, missing = interpreters.find(options.toy, options.python, measured=not options.check)
    if options.check:
        return check(Session("interpreter", found, programs, partial(command, small=True)), found)
    results = measure(found, programs, options) | {"missing": missing}
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    print(report.render(results, options.markdown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
