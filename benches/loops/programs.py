"""The programs: their sizes, which ports they have, and the commands that run them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from compilers import NUMBA, samples
from contenders import ROOT, Contender

# What benches/interpreter measures as well stands there.
FOLDERS = (Path(__file__).resolve().parent / "programs", ROOT / "benches/interpreter/programs")


@dataclass(frozen=True)
class Program:
    """A file NAME.toy, with ports NAME.lua and NAME.c. `small` are the arguments of a check."""

    name: str
    file: str
    arguments: tuple[int, ...]
    small: tuple[int, ...]
    needs_numpy: bool = False
    # The program whose ports are this one's, where it has none: the same work, in a language that has one way for both.
    ports_of: str | None = None
    # Numba compiles functions.
    in_functions: bool = True
    # The program that has the same answer where this one's cannot be had from CPython.
    answers_as: str | None = None


PROGRAMS = (
    Program("loop over lists, n = 1000", "loop_lists", (1000, 2000), (10, 3)),
    Program("loop over lists, n = 100000", "loop_lists", (100000, 20), (1000, 2)),
    Program("the same outside of functions, n = 1000", "loop_module", (1000, 2000), (10, 3),
            in_functions=False, ports_of="loop_lists"),
    Program("loop over zip, n = 1000", "loop_zip", (1000, 2000), (10, 3), ports_of="loop_lists"),
    Program("loop over NumPy arrays, n = 1000", "loop_arrays", (1000, 2000), (10, 3),
            needs_numpy=True, ports_of="loop_lists", answers_as="loop over lists, n = 1000"),
    Program("mandelbrot, 250 x 250", "mandelbrot", (250,), (10,)),
    Program("n-body, 12000 steps", "nbody", (12000,), (20,)),
    Program("spectral norm, n = 200", "spectral_norm", (200,), (10,)),
    Program("matrix product of lists, n = 120", "matmul_lists", (120,), (8,)),
    Program("matrix product of arrays, n = 120", "matmul_arrays", (120,), (8,),
            needs_numpy=True, answers_as="matrix product of lists, n = 120"),
    Program("Jacobi stencil, 100 x 100, 60 sweeps", "jacobi", (100, 60), (10, 4), needs_numpy=True),
    Program("prefix sum, n = 10000", "prefix_sum", (10000, 200), (20, 3)),
    Program("histogram, n = 10000", "histogram", (10000, 200), (20, 3)),
    Program("Collatz chains below 30000", "collatz", (30000,), (30,)),
    Program("Newton's square roots, 100000", "newton", (100000,), (10,)),
    Program("sieve below 1000000", "sieve", (1000000,), (200,)),
)


def source(program: Program, suffix: str) -> Path | None:
    """The program's file of this suffix, or its port."""
    for file in filter(None, (program.file, program.ports_of if suffix != ".toy" else None)):
        for folder in FOLDERS:
            if (path := folder / (file + suffix)).exists():
                return path
    return None


def command(contender: Contender, program: Program, small: bool) -> list[str] | None:
    """What runs the program; None where the contender has no port of it, or no NumPy."""
    if contender.name == NUMBA and not program.in_functions:
        return None
    start = contender.numpy if program.needs_numpy and contender.suffix == ".toy" else contender.command
    path = source(program, contender.suffix)
    if start is None or path is None:
        return None
    # The second sample of a check is that of a loop which is compiled already.
    number, arguments = (2, program.small) if small else (samples(contender), program.arguments)
    return [*start, str(path), *map(str, (number, *arguments))]
