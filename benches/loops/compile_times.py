"""What compiling costs toy: a process that compiles a small run's loops at once, beside one that interprets them."""

from __future__ import annotations

import random
import subprocess
from time import perf_counter

from compilers import rung
from contenders import Contender
from programs import Program, source
from turns import ENVIRONMENT, Entry


def process_seconds(arguments: list[str]) -> float | None:
    start = perf_counter()
    run = subprocess.run(arguments, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = perf_counter() - start
    return seconds if run.returncode == 0 else None


def compile_times(entries: list[Entry], runs: int) -> dict[str, dict[str, float]]:
    """{program: {rung: seconds}}: the least of all runs, less the interpreter's least; they are taken in turns."""
    programs: dict[Program, list[Contender]] = {}
    for entry in entries:
        if entry.runs and entry.contender.name.startswith("toy "):
            programs.setdefault(entry.program, []).append(entry.contender)
    found: dict[str, dict[str, float]] = {}
    for program, toys in programs.items():
        least: dict[str, float] = {}
        order = list(toys)
        for number in range(runs if len(toys) > 1 else 0):
            random.Random(number).shuffle(order)
            for toy in order:
                asked = toy.name == rung("interpret") or "--hot" in toy.command
                compiles = [] if asked else ["--hot", "1"]
                script = [str(source(program, toy.suffix)), "1", *map(str, program.small)]
                seconds = process_seconds([*toy.command, *compiles, *script])
                if seconds is not None:
                    least[toy.name] = min(seconds, least.get(toy.name, seconds))
        base = least.pop(rung("interpret"), None)
        if base is not None:
            found[program.name] = {toy.name: least[toy.name] - base for toy in toys if toy.name in least}
    return found
