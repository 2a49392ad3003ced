"""The programs: their sizes, and what each is asked on its command line after the number of samples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from contenders import Contender

FOLDER = Path(__file__).resolve().parent / "programs"
FIRST_OUTPUT = "first_output"


@dataclass(frozen=True)
class Program:
    """A file programs/NAME.toy, and its port NAME.lua where there is one. `small` are the arguments of a check."""

    name: str
    file: str
    arguments: tuple[int, ...]
    small: tuple[int, ...]
    samples: int = 2
    needs_numpy: bool = False
    # The program that has the same answer where this one's cannot be had from CPython.
    answers_as: str | None = None


PROGRAMS = (
    Program("loop over lists, n = 1000", "loop_lists", (1000, 2000), (10, 1)),
    Program("loop over lists, n = 100000", "loop_lists", (100000, 20), (1000, 2)),
    Program("loop over NumPy arrays, n = 1000", "loop_arrays", (1000, 1000), (10, 1),
            needs_numpy=True, answers_as="loop over lists, n = 1000"),
    Program("fib(30)", "fib", (30,), (12,)),
    Program("nbody, 25000 steps", "nbody", (25000,), (100,)),
    Program("fannkuch(9)", "fannkuch", (9,), (6,), samples=1),
    Program("spectral_norm(200)", "spectral_norm", (200,), (10,)),
    Program("mandelbrot, 200 x 200", "mandelbrot", (200,), (10,)),
    Program("strings, 50000 lines", "strings", (50000,), (100,)),
    Program("words counted, 400000", "words", (400000,), (300,)),
    Program("sorting, 130000", "sorting", (130000,), (300,)),
)


def command(contender: Contender, program: Program, small: bool) -> list[str] | None:
    """What runs the program; None where the contender has no port of it, or no NumPy."""
    start = contender.numpy if program.needs_numpy else contender.command
    path = FOLDER / (program.file + contender.suffix)
    if start is None or not path.exists():
        return None
    samples, arguments = (1, program.small) if small else (program.samples, program.arguments)
    return [*start, str(path), *map(str, (samples, *arguments))]
