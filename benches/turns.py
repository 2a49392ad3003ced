"""Programs that time themselves, run by all contenders in turns, and their answers compared.

A program prints a line `answer` with words that are the same for all, a line `seconds` with the time of each of its
samples, and may print others, each with its name first.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol

from contenders import Contender

# Relative; floats of ports may differ in their last digits, since they add in an order of their own.
TOLERANCE = 1e-9
TIMEOUT = 180
# Nothing that the user's own environment asks of an interpreter (PYTHONUNBUFFERED, LUA_INIT); a fixed order of hashes,
# no other threads, no JIT where a CPython was built with one.
SETTINGS = ("PYTHON", "PYPY", "LUA", "NUMBA")
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)} | {
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHON_JIT": "0",
    "OPENBLAS_NUM_THREADS": "1",
}


class Failed(Exception):
    """A program did not end well, or printed something else than an answer and times."""


class Program(Protocol):
    """What a session has to know of a program. `answers_as`: the one with the same answer, if CPython cannot run it."""

    @property
    def name(self) -> str: ...

    @property
    def answers_as(self) -> str | None: ...


@dataclass
class Run:
    """What one run of a program said: the words of its answer, the seconds of its samples, its other lines."""

    answer: list[str]
    seconds: list[float]
    others: dict[str, str]


@dataclass
class Entry:
    """One program by one contender: the runs that were right. `problem` says why it is not timed."""

    program: Program
    contender: Contender
    runs: list[Run] = field(default_factory=list)
    problem: str | None = None

    @property
    def seconds(self) -> list[float]:
        return [seconds for run in self.runs for seconds in run.seconds]


# The command that runs a program; None where a contender has no port of it, or no NumPy.
Command = Callable[[Contender, Program], list[str] | None]


def run_once(arguments: list[str]) -> Run:
    """Raises Failed."""
    try:
        run = subprocess.run(arguments, env=ENVIRONMENT, capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise Failed(f"not ready after {TIMEOUT} s") from None
    if run.returncode != 0:
        said = run.stderr.strip().splitlines()
        raise Failed(f"exit status {run.returncode}: {said[-1] if said else 'no word'}")
    lines = dict(line.partition(" ")[::2] for line in run.stdout.splitlines())
    try:
        return Run(lines.pop("answer").split(), [float(word) for word in lines.pop("seconds").split()], lines)
    except (KeyError, ValueError):
        raise Failed(f"unexpected output: {run.stdout[:200]!r}") from None


def same(expected: list[str], answer: list[str], exactly: bool) -> bool:
    if exactly or len(expected) != len(answer):
        return expected == answer
    return all(a == b or close(a, b) for a, b in zip(expected, answer))


def close(a: str, b: str) -> bool:
    try:
        return abs(float(a) - float(b)) <= TOLERANCE * abs(float(a))
    except ValueError:
        return False


class Session:
    """`title` is the benchmark's name, for what it says on standard error."""

    def __init__(self, title: str, contenders: list[Contender], programs: list[Program], command: Command) -> None:
        self.title = title
        self.command = command
        self.entries = [Entry(p, c) for p in programs for c in contenders if command(c, p)]
        self.expected: dict[str, list[str]] = {}
        self.right = 0
        # CPython's answer is the right one: it is asked first when an answer is not known yet.
        self.references = sorted(contenders, key=lambda contender: not contender.is_cpython)

    @property
    def problems(self) -> list[str]:
        return [f"{e.contender.name}: {e.program.name}: {e.problem}" for e in self.entries if e.problem]

    def drop(self, entry: Entry, problem: str) -> None:
        entry.problem, entry.runs = problem, []
        print(f"{self.title}: {entry.contender.name}: {entry.program.name}: {problem}", file=sys.stderr)

    def turn(self, number: int) -> None:
        """Every program once by every contender that is right so far, in an order that is drawn anew."""
        for program in dict.fromkeys(entry.program for entry in self.entries):
            present = [e for e in self.entries if e.program is program and not e.problem]
            random.Random(f"{number} {program.name}").shuffle(present)
            runs = []
            for entry in present:
                try:
                    runs.append((entry, run_once(self.command(entry.contender, program))))
                except Failed as error:
                    self.drop(entry, str(error))
            self.judge(program, runs)

    def judge(self, program: Program, runs: list[tuple[Entry, Run]]) -> None:
        if program.name not in self.expected:
            given = {entry.contender: run.answer for entry, run in runs}
            known = next((given[c] for c in self.references if c in given and c.is_cpython), None)
            known = known or self.expected.get(program.answers_as or "")
            if known is None and given:
                known = next(given[c] for c in self.references if c in given)
            if known is not None:
                self.expected[program.name] = known
        for entry, run in runs:
            expected = self.expected[program.name]
            if same(expected, run.answer, entry.contender.is_exact):
                entry.runs.append(run)
                self.right += 1
            else:
                self.drop(entry, f"WRONG: {' '.join(run.answer)} instead of {' '.join(expected)}")

    def measure(self, rounds: int) -> None:
        for number in range(rounds):
            began = monotonic()
            self.turn(number)
            print(f"{self.title}: round {number + 1} of {rounds}: {monotonic() - began:.0f} s", file=sys.stderr)


def check(session: Session, contenders: list[Contender]) -> int:
    """Answers only, once by all; the exit status."""
    session.turn(0)
    wrong = len(session.problems)
    print(f"{', '.join(c.name for c in contenders)}: {session.right} right answers, {wrong} wrong")
    return 1 if wrong else 0


def summary(seconds: list[float]) -> dict[str, float | list[float]]:
    return {"min": min(seconds), "median": statistics.median(seconds), "seconds": seconds}


def words(text: str) -> list[str]:
    """The words of an option that takes several."""
    return text.replace(",", " ").split()
