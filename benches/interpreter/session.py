"""A whole run: the programs in turns, their answers compared, and the time to the first output of a script."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from time import monotonic, perf_counter

from contenders import Contender
from programs import FIRST_OUTPUT, FOLDER, PROGRAMS, Program, command

# Relative; Lua's floats may differ in their last digits, since its ports add in an order of their own.
TOLERANCE = 1e-9
TIMEOUT = 180
# Nothing that the user's own environment asks of an interpreter (PYTHONUNBUFFERED, LUA_INIT); a fixed order of hashes,
# no other threads, no JIT where a CPython was built with one.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYPY", "LUA"))} | {
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHON_JIT": "0",
    "OPENBLAS_NUM_THREADS": "1",
}


class Failed(Exception):
    """A program did not end well, or printed something else than an answer and times."""


@dataclass
class Entry:
    """One program by one contender: seconds of each sample. `problem` says why it is not timed."""

    program: Program
    contender: Contender
    seconds: list[float] = field(default_factory=list)
    problem: str | None = None


def run_once(arguments: list[str]) -> tuple[list[str], list[float]]:
    """The words of the answer, and the seconds of each sample. Raises Failed."""
    try:
        run = subprocess.run(arguments, env=ENVIRONMENT, capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise Failed(f"not ready after {TIMEOUT} s") from None
    if run.returncode != 0:
        said = run.stderr.strip().splitlines()
        raise Failed(f"exit status {run.returncode}: {said[-1] if said else 'no word'}")
    lines = dict(line.partition(" ")[::2] for line in run.stdout.splitlines())
    try:
        return lines["answer"].split(), [float(word) for word in lines["seconds"].split()]
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
    def __init__(self, contenders: list[Contender], programs: list[Program], small: bool) -> None:
        self.contenders = contenders
        self.small = small
        self.entries = [
            Entry(program, contender)
            for program in programs
            for contender in contenders
            if command(contender, program, 1, small)
        ]
        self.expected: dict[str, list[str]] = {}
        self.right = 0
        # CPython's answer is the right one: it is asked first when an answer is not known yet.
        self.references = sorted(contenders, key=lambda contender: not contender.is_cpython)

    def drop(self, entry: Entry, problem: str) -> None:
        entry.problem, entry.seconds = problem, []
        print(f"interpreter: {entry.contender.name}: {entry.program.name}: {problem}", file=sys.stderr)

    def turn(self, number: int) -> None:
        """Every program once by every contender that is right so far, in an order that is drawn anew."""
        for program in dict.fromkeys(entry.program for entry in self.entries):
            present = [e for e in self.entries if e.program is program and not e.problem]
            random.Random(f"{number} {program.name}").shuffle(present)
            answers = []
            for entry in present:
                samples = 1 if self.small else program.samples
                try:
                    answer, seconds = run_once(command(entry.contender, program, samples, self.small))
                except Failed as error:
                    self.drop(entry, str(error))
                    continue
                answers.append((entry, answer, seconds))
            self.judge(program, answers)

    def judge(self, program: Program, answers: list[tuple[Entry, list[str], list[float]]]) -> None:
        if program.name not in self.expected:
            given = {entry.contender: answer for entry, answer, _ in answers}
            known = next((given[c] for c in self.references if c in given and c.is_cpython), None)
            known = known or self.expected.get(program.answers_as or "")
            if known is None and given:
                known = next(given[c] for c in self.references if c in given)
            if known is not None:
                self.expected[program.name] = known
        for entry, answer, seconds in answers:
            expected = self.expected[program.name]
            if same(expected, answer, entry.contender.is_python):
                entry.seconds += seconds
                self.right += 1
            else:
                self.drop(entry, f"WRONG: {' '.join(answer)} instead of {' '.join(expected)}")

    def measure(self, rounds: int) -> None:
        for number in range(rounds):
            began = monotonic()
            self.turn(number)
            print(f"interpreter: round {number + 1} of {rounds}: {monotonic() - began:.0f} s", file=sys.stderr)


def first_output(arguments: list[str]) -> float:
    """Seconds from the start of the process to the first byte on its standard output. Raises Failed."""
    read, write = os.pipe()
    with open(read, "rb", buffering=0) as output:
        to_pipe = [(os.POSIX_SPAWN_DUP2, write, 1)]
        try:
            start = perf_counter()
            process = os.posix_spawn(arguments[0], arguments, ENVIRONMENT, file_actions=to_pipe)
        finally:
            os.close(write)
        said = output.read(1)
        seconds = perf_counter() - start
        said += output.read()
    _, status = os.waitpid(process, 0)
    if said != b"1\n" or status != 0:
        raise Failed(f"status {status}, output {said!r}")
    return seconds


def start_up(contenders: list[Contender], runs: int) -> dict[str, list[float]]:
    """Seconds to the first output of `print(1)` by each contender, in turns; without those that fail."""
    seen: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for number in range(runs + 1):
        order = [contender for contender in contenders if contender.name in seen]
        random.Random(number).shuffle(order)
        for contender in order:
            executable = shutil.which(contender.command[0])
            script = str(FOLDER / (FIRST_OUTPUT + contender.suffix))
            try:
                seconds = first_output([executable, *contender.command[1:], script])
            except (OSError, Failed) as error:
                print(f"interpreter: {contender.name}: start-up: {error}", file=sys.stderr)
                del seen[contender.name]
                continue
            # The first one of all finds its files on the disk, not in memory.
            if number > 0:
                seen[contender.name].append(seconds)
    return seen
