#!/usr/bin/env python3
"""What probes cost when nobody watches: `toy run` built with `toy trace` and without it.

    python3 benches/probes.py [--rounds 9]

Builds the command both ways, and compares twice: the machine code of the interpreter's loop that `toy run` uses,
instruction by instruction (addresses aside, it has to be the same), and the time of one iteration of `benches/loop.toy`,
in turns in one run. Needs objdump. Exits with 1 if the machine code differs.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from run import ROOT, measure

LOOP = "toy::interp::machine::interpret"


def build():
    """{name: path} of both commands."""
    kept = ROOT / "target" / "probes"
    kept.mkdir(parents=True, exist_ok=True)
    commands = {}
    for name, features in {"without trace": ["--no-default-features"], "with trace": []}.items():
        subprocess.run(["cargo", "build", "--release", "--quiet", *features], cwd=ROOT, check=True)
        commands[name] = kept / f"toy-{name.replace(' ', '-')}"
        shutil.copy(ROOT / "target/release/toy", commands[name])
    return commands


def interpreters(command):
    """The interpreter's loops of a command, one for each kind of probe: their instructions, addresses taken out."""
    listing = subprocess.run(
        ["objdump", "--disassemble", "--demangle", "--no-show-raw-insn", command], capture_output=True, text=True, check=True
    ).stdout
    loops, current = [], None
    for line in listing.splitlines():
        if header := re.fullmatch(r"[0-9a-f]+ <(.*)>:", line):
            name = re.sub(r"::h[0-9a-f]{16}$", "", header[1])
            current = [] if name == LOOP else None
            if current is not None:
                loops.append(current)
        elif current is not None and "\t" in line:
            current.append(normalised(line.split("\t", 1)[1]))
    return loops


def normalised(instruction):
    """An instruction without what depends on where things lie: targets, constants' places, symbols' hashes."""
    instruction = re.sub(r"::h[0-9a-f]{16}", "", instruction).split("#")[0].rstrip()
    instruction = re.sub(r"^(j\w+|call)(\s+)[0-9a-f]+ <(.*?)(\+0x[0-9a-f]+)?>", r"\1\2<\3>", instruction)
    return re.sub(r"-?0x[0-9a-f]+\(%rip\)", "(%rip)", instruction)


def same_code(commands):
    """Compares the loops, and says how."""
    (plain,) = interpreters(commands["without trace"])
    watched = interpreters(commands["with trace"])
    sizes = ", ".join(str(len(loop)) for loop in watched)
    print(f"the interpreter's loop: {len(plain)} instructions without trace; {sizes} with it, one for each kind of probe")
    if plain in watched:
        print("the loop of `toy run` is the same, instruction by instruction")
        return True
    nearest = min(watched, key=lambda loop: abs(len(loop) - len(plain)))
    at = next((i for i, pair in enumerate(zip(plain, nearest)) if pair[0] != pair[1]), min(len(plain), len(nearest)))
    print(f"the loop of `toy run` differs, first at instruction {at}: {plain[at:at + 3]} and {nearest[at:at + 3]}")
    return False


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--rounds", type=int, default=9)
    options = options.parse_args()
    commands = build()
    same = same_code(commands)
    rounds = {name: [] for name in commands}
    for turn in range(options.rounds):
        for name in list(commands)[:: 1 if turn % 2 else -1]:
            rounds[name].append(measure([commands[name], "run"], "benches/loop.toy"))
    for row in rounds["with trace"][0]:
        low = {name: min(run[row][0] for run in runs) for name, runs in rounds.items()}
        ratios = [a[row][1] / b[row][1] for a, b in zip(rounds["with trace"], rounds["without trace"])]
        middle = statistics.quantiles(ratios, n=4)
        print(
            f"n = {row}: {low['with trace']:.2f} ns with trace, {low['without trace']:.2f} without (minimum); "
            f"ratio of medians {middle[1]:.3f}, quartiles {middle[0]:.3f} – {middle[2]:.3f}"
        )
    sys.exit(not same)


if __name__ == "__main__":
    main()
