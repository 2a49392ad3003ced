"""What runs programs beside `toy`: how CPythons and other languages are found on this machine, and what they are."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")

# What an interpreter says of itself.
SELF = """
import importlib.util, json, os, platform, sys, sysconfig
arguments = sysconfig.get_config_var("CONFIG_ARGS") or ""
print(json.dumps({
    "implementation": sys.implementation.name,
    "path": sys.executable,
    "binary": os.path.realpath(sys.executable),
    "environment": sys.prefix != sys.base_prefix,
    "version": platform.python_version(),
    "optimizations": [o for o in ("--enable-optimizations", "--with-lto") if o in arguments],
    "usual": not sysconfig.get_config_var("Py_GIL_DISABLED") and not hasattr(sys, "gettotalrefcount"),
    "numpy": importlib.util.find_spec("numpy") is not None,
}))
"""
# What decides between several builds of a version: rounds; and the program, its samples and steps.
TRIALS = 8
TRIAL = (str(ROOT / "benches/interpreter/programs/nbody.toy"), "5", "1500")


@dataclass(frozen=True)
class Contender:
    """A command that runs programs. `numpy` is the one for programs that need NumPy, `suffix` that of its files."""

    name: str
    command: tuple[str, ...]
    about: str
    suffix: str = ".toy"
    numpy: tuple[str, ...] | None = None
    # Whether it may add in an order of its own: its floats are compared within a tolerance.
    reorders: bool = False

    @property
    def is_cpython(self) -> bool:
        return self.name.startswith("CPython")

    @property
    def is_exact(self) -> bool:
        """Answers are the same to the last digit: the same text in the same order, floats printed to be read back."""
        return self.suffix == ".toy" and not self.reorders


def ask(path: str) -> dict | None:
    """What a CPython says of itself; None of what does not run or is something else."""
    try:
        said = subprocess.run([path, "-c", SELF], capture_output=True, text=True, timeout=30).stdout
        about = json.loads(said)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return about if about["implementation"] == "cpython" and about["usual"] else None


def candidates(given: list[str], targets: list[Path]) -> list[str]:
    """Paths where a CPython may be: given, pyenv's, on the PATH, and in environments that other benchmarks made."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    paths = given + [str(path) for v in VERSIONS for path in sorted(pyenv.glob(f"versions/{v}.*/bin/python3"))]
    folders = [folder for folder in os.get_exec_path() if Path(folder) != pyenv / "shims"]
    paths += [shutil.which(f"python{version}", path=folder) for folder in folders for version in VERSIONS]
    paths += [sys.executable, shutil.which("python3")]
    for target in targets:
        for name in ("oracle-*", "peers/venv-*"):
            paths += [str(path) for path in sorted(target.glob(f"{name}/bin/python"))]
    return list(dict.fromkeys(path for path in paths if path))


def trial(about: dict) -> float:
    run = subprocess.run([about["path"], *TRIAL], capture_output=True, text=True, timeout=60, check=True)
    return min(map(float, run.stdout.splitlines()[-1].split()[1:]))


def best_of(builds: list[dict], measured: bool) -> dict:
    """The fastest build, in turns, outside of environments where there is one."""
    different: dict[str, dict] = {}
    for about in sorted(builds, key=lambda about: about["environment"]):
        different.setdefault(about["binary"], about)
    least = dict.fromkeys(different, math.inf)
    for _ in range(TRIALS if measured and len(different) > 1 else 0):
        for binary, about in different.items():
            least[binary] = min(least[binary], trial(about))
    return different[min(least, key=least.get)]


def cpythons(given: list[str], targets: list[Path], measured: bool, newest: bool = False) -> list[Contender]:
    """One of each version, or of the newest: its fastest build, where the times matter (`measured`)."""
    seen: dict[str, list[dict]] = {}
    for about in filter(None, map(ask, candidates(given, targets))):
        version = ".".join(about["version"].split(".")[:2])
        seen.setdefault(version, []).append(about)
    found = []
    versions = [version for version in VERSIONS if version in seen] or list(seen)[:1]
    for version in versions[-1:] if newest else versions:
        best = best_of(seen[version], measured)
        with_numpy = [about for about in seen[version] if about["numpy"]]
        same_build = [about for about in with_numpy if about["binary"] == best["binary"]]
        numpy = next(iter(same_build + with_numpy), None)
        text = described(best)
        if numpy and numpy["binary"] != best["binary"]:
            text += f"; with NumPy: {described(numpy)}"
        command = (numpy["path"],) if numpy else None
        found.append(Contender(f"CPython {version}", (best["path"],), text, numpy=command))
    return found


def described(about: dict) -> str:
    options = " ".join(about["optimizations"]) or "no optimizations named in its configuration"
    return f"CPython {about['version']}, {about['path']} ({options})"


def version_of(command: list[str]) -> str:
    """The first line that says a version: some say it on standard error, after others."""
    said = subprocess.run(command, capture_output=True, text=True, timeout=30)
    lines = (said.stdout + said.stderr).strip().splitlines()
    return next((line for line in reversed(lines) if any(c.isdigit() for c in line)), "unknown version").strip(" []")


@dataclass(frozen=True)
class Language:
    """Another language's command, as it is called on the PATH, and Debian's package that has it."""

    name: str
    programs: tuple[str, ...]
    package: str
    arguments: tuple[str, ...] = ()
    suffix: str = ".lua"
    version: str = "-v"

    def find(self, title: str) -> tuple[list[Contender], list[str]]:
        """A contender of that title, or what is missing."""
        paths = [path for program in self.programs if (path := shutil.which(program))]
        if self.name == "Lua 5.4":
            paths = [path for path in paths if self.name in version_of([path, self.version])]
        if not paths:
            return [], [f"{title} is left out: not found on the PATH (Debian: apt-get install {self.package})"]
        version = version_of([paths[0], self.version])
        about = " ".join((version, *self.arguments))
        return [Contender(title, (paths[0], *self.arguments), about, self.suffix)], []


def targets(toy: Path) -> list[Path]:
    """Where benchmarks and tests keep what they made: this checkout's target folder, and that of the binary."""
    return list(dict.fromkeys([ROOT / "target", toy.parents[1]]))


def without_numpy(python: list[Contender]) -> list[str]:
    return [
        f"{c.name} leaves out what needs NumPy ({c.command[0]} -m pip install numpy)" for c in python if c.numpy is None
    ]
