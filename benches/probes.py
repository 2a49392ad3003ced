#!/usr/bin/env python3
"""What probes cost when nobody watches: `toy run` built with `toy trace` and without it.

    python3 benches/probes.py [--rounds 9]

Builds the command both ways, and compares three times: the machine code of the interpreter's loop and handlers that
`toy run` uses, which must have no trace of the tracer in it (the compiler may still lay it out a little differently, as
it does after any change of the crate); the instructions that one iteration of the text's loop takes, counted by valgrind where there
is one; and the time of one iteration of `benches/interpreter/programs/loop_lists.toy`, in turns. Needs objdump. Exits
with 1 if a handler is not there without the tracer.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from run import ROOT

# The text's loop: elements of its lists and calls of a sample.
SIZES = ((1000, 100), (100000, 1))
LOOP = ("toy::interp::machine::interpret", "toy::interp::handlers::")


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


def handlers(command):
    """{name: [instructions, …]} of the loop and its handlers in a command, one for each kind of probe and operator,
    addresses taken out."""
    listing = subprocess.run(
        ["objdump", "--disassemble", "--demangle", "--no-show-raw-insn", command], capture_output=True, text=True, check=True
    ).stdout
    functions, current = {}, None
    for line in listing.splitlines():
        if header := re.fullmatch(r"[0-9a-f]+ <(.*)>:", line):
            name = re.sub(r"::h[0-9a-f]{16}$", "", header[1])
            current = [] if name.startswith(LOOP) else None
            if current is not None:
                functions.setdefault(name, []).append(current)
        elif current is not None and "\t" in line:
            current.append(normalised(line.split("\t", 1)[1]))
    return functions


def normalised(instruction):
    """An instruction without what depends on where things lie: targets, constants' places, symbols' hashes."""
    instruction = re.sub(r"::h[0-9a-f]{16}", "", instruction).split("#")[0].rstrip()
    instruction = re.sub(r"^(j\w+|call)(\s+)[0-9a-f]+ <(.*?)(\+0x[0-9a-f]+)?>", r"\1\2<\3>", instruction)
    return re.sub(r"-?0x[0-9a-f]+\(%rip\)", "(%rip)", instruction)


def untouched(commands):
    """Whether every handler of the build without trace is there in the other without a call of a probe, and how many
    are the same instruction by instruction."""
    plain, traced = (handlers(commands[name]) for name in ("without trace", "with trace"))
    watched = re.compile("toy::trace::|toy::interp::probe::")
    missing, count, same = [], 0, 0
    for name, bodies in plain.items():
        others = traced.get(name, [])
        silent = [body for body in others if not any(watched.search(instruction) for instruction in body)]
        if len(silent) < len(bodies):
            missing.append(name)
        count += len(bodies)
        for body in bodies:
            if body in silent:
                silent.remove(body)
                same += 1
    print(f"the loop and its handlers, built without trace: {count} functions of {len(plain)} names;")
    print(f"with trace there are {sum(map(len, traced.values()))}, for each kind of probe;")
    print(f"instruction by instruction the same as one of them: {same}")
    print(f"not there without a call of a probe: {', '.join(missing) or 'none'}")
    return bool(plain) and not missing


def executed(command, iterations):
    """Instructions of the CPU that a run takes, exactly, by valgrind's count."""
    script = f"x = [float(k) for k in range(1000)]\ndef f(x):\n    s = 0.0\n    for i in range(1000):\n"
    script += f"        s += (x[i] - x[i]) * x[i]\n    return s\nfor k in range({iterations // 1000}):\n    f(x)\n"
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", command, "run", "-c", script],
        capture_output=True, text=True, check=True,
    )
    return int(re.search(r"Collected : (\d+)", run.stderr)[1])


def measure(command):
    """{elements: (minimum, median)} in nanoseconds for one iteration."""
    rows = {}
    for n, calls in SIZES:
        script = [ROOT / "benches/interpreter/programs/loop_lists.toy", "9", str(n), str(calls)]
        run = subprocess.run([command, "run", *script], capture_output=True, text=True, check=True)
        samples = [float(word) / (n * calls) * 1e9 for word in run.stdout.splitlines()[-1].split()[1:]]
        rows[n] = (min(samples), statistics.median(samples))
    return rows


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--rounds", type=int, default=9)
    options = options.parse_args()
    commands = build()
    clean = untouched(commands)
    if shutil.which("valgrind"):
        for name, command in commands.items():
            count = (executed(command, 60_000) - executed(command, 20_000)) / 40_000
            print(f"{name}: {count:.1f} instructions of the CPU for one iteration of the text's loop (callgrind)")
    rounds = {name: [] for name in commands}
    for turn in range(options.rounds):
        for name in list(commands)[:: 1 if turn % 2 else -1]:
            rounds[name].append(measure(commands[name]))
    for row in rounds["with trace"][0]:
        low = {name: min(run[row][0] for run in runs) for name, runs in rounds.items()}
        ratios = [a[row][1] / b[row][1] for a, b in zip(rounds["with trace"], rounds["without trace"])]
        middle = statistics.quantiles(ratios, n=4)
        print(
            f"n = {row}: {low['with trace']:.2f} ns with trace, {low['without trace']:.2f} without (minimum); "
            f"ratio of medians {middle[1]:.3f}, quartiles {middle[0]:.3f} – {middle[2]:.3f}"
        )
    sys.exit(not clean)


if __name__ == "__main__":
    main()
