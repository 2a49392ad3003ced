"""Who runs the loops: `toy` at each `--loops`, the newest CPython, Numba, PyPy and LuaJIT with their JITs, and gcc."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from contenders import Contender, Language, cpythons, targets, version_of, without_numpy
from peers import environment

HERE = Path(__file__).resolve().parent
NUMBA, GCC = "Numba", "gcc -O2"
LOOPS = ("interpret", "calls", "typed", "vector")
OTHERS = {
    "PyPy": Language("PyPy", ("pypy3", "pypy"), "pypy3", suffix=".toy", version="--version"),
    "LuaJIT": Language("LuaJIT", ("luajit",), "luajit"),
}
# Samples of one process, the cold one among them: where one takes milliseconds, there are more.
SAMPLES, SLOW_SAMPLES = 8, 3


def rung(loops: str) -> str:
    """The name of toy at one setting of --loops."""
    return f"toy {loops}"


SLOW = (rung("interpret"), rung("calls"))


def samples(contender: Contender) -> int:
    return SLOW_SAMPLES if contender.is_cpython or contender.name in SLOW else SAMPLES


def understands(command: list[str]) -> bool:
    said = subprocess.run([*command, "-c", "print(1)"], capture_output=True, text=True, timeout=30)
    return said.returncode == 0 and said.stdout == "1\n"


def toys(toy: Path, hot: int | None) -> tuple[list[Contender], list[str]]:
    """toy at each --loops that the binary knows; at none of them, where it knows none."""
    version = version_of([str(toy), "--version"])
    found, missing = [], []
    for loops in LOOPS:
        options = ["--loops", loops, *(["--hot", str(hot)] if hot is not None and loops != "interpret" else [])]
        run = (str(toy), "run", *options)
        if understands(list(run)):
            about = f"{version} {' '.join(options)}"
            # Vector code may add in an order of its own.
            found.append(Contender(rung(loops), run, about, numpy=run, reorders=loops == "vector"))
        else:
            missing.append(f"{rung(loops)} is left out: the binary does not know {' '.join(options)}")
    if not found:
        run = (str(toy), "run")
        found.append(Contender(rung("interpret"), run, f"{version}, which has no --loops", numpy=run))
        missing = [f"{toy} does not know --loops: it is measured as it is"]
    return found, missing


def numba(may_install: bool) -> tuple[list[Contender], list[str]]:
    """Numba in the environment of benches/peers, which is made where that is wanted."""
    try:
        python = environment.prepare() if may_install else environment.made()
    except RuntimeError as error:
        return [], [f"{NUMBA} is left out: {error}"]
    if python is None:
        return [], [f"{NUMBA} is left out: its environment is made when times are measured"]
    code = "import numba, platform; print('Numba', numba.__version__, 'on CPython', platform.python_version())"
    said = subprocess.run([str(python), "-c", code], capture_output=True, text=True, timeout=120)
    if said.returncode != 0:
        return [], [f"{NUMBA} is left out: it is not in {python.parents[1]}"]
    run = (str(python), str(HERE / "numba_program.py"))
    return [Contender(NUMBA, run, f"{said.stdout.strip()}: @njit, lists from outside as arrays", numpy=run)], []


def gcc() -> tuple[list[Contender], list[str]]:
    path = shutil.which("gcc")
    if path is None:
        return [], [f"{GCC} is left out: not found on the PATH (Debian: apt-get install gcc libc6-dev)"]
    run = (sys.executable, str(HERE / "gcc_program.py"))
    return [Contender(GCC, run, f"gcc {version_of([path, '-dumpfullversion'])} -O2", ".c")], []


def find(toy: Path, given: list[str], hot: int | None, measured: bool) -> tuple[list[Contender], list[str]]:
    """All contenders, those of `toy` first, and a line about each that is missing."""
    found, missing = toys(toy, hot)
    python = cpythons(given, targets(toy), measured, newest=True)
    missing += without_numpy(python)
    others = [numba(may_install=measured), *(language.find(title) for title, language in OTHERS.items()), gcc()]
    missing += [line for _, lines in others for line in lines]
    return [*found, *python, *(contender for contenders, _ in others for contender in contenders)], missing
