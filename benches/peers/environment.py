"""The peers' virtual environment: a CPython that all of them support, with the exact versions of requirements.txt."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
PYTHON = "3.13"

# What pip is asked for, one peer after the other, so that one that cannot be had does not take the others with it.
PACKAGES = {
    "numpy": ["numpy"],
    "numexpr": ["numexpr"],
    "numba": ["numba", "scipy"],
    "jax": ["jax", "jaxlib"],
    "pythran": ["pythran", "setuptools"],
}


def version_of(python: str) -> str:
    code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2], sys.implementation.name)"
    try:
        found = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=30)
    except OSError:
        return ""
    version, _, implementation = found.stdout.strip().partition(" ")
    return version if implementation == "cpython" else ""


def find_python() -> str:
    """CPython of PYTHON's version; this interpreter, with a warning, where there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [sys.executable, shutil.which(f"python{PYTHON}"), shutil.which("python3")]
    candidates += [str(path) for path in sorted(pyenv.glob(f"versions/{PYTHON}*/bin/python3"))]
    for python in filter(None, candidates):
        if version_of(python) == PYTHON:
            return python
    print(f"peers: WARNING: no CPython {PYTHON} found; trying {sys.executable}", file=sys.stderr)
    return sys.executable


def place(python: str) -> Path:
    """Where the environment of this CPython is, or will be."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    return ROOT / "target" / "peers" / f"venv-{version_of(python)}-{digest}"


def made() -> Path | None:
    """The interpreter of the environment, where an earlier run has made it."""
    venv = place(find_python())
    return venv / "bin" / "python" if (venv / "made").exists() else None


def prepare() -> Path:
    """The interpreter of the environment, which is made first where it is not there. Raises RuntimeError."""
    python = find_python()
    venv = place(python)
    inside = venv / "bin" / "python"
    done = venv / "made"
    if done.exists():
        for peer in done.read_text().split():
            print(f"peers: {peer} could not be installed; to try again, remove {venv}", file=sys.stderr)
        return inside
    print(f"peers: making {venv} from {python}", file=sys.stderr)
    shutil.rmtree(venv, ignore_errors=True)
    if subprocess.run([python, "-m", "venv", str(venv)]).returncode != 0:
        raise RuntimeError(f"{python} makes no virtual environment")
    # Wheels, but for Pythran, which is pure Python and has none for every version.
    pip = [str(inside), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--prefer-binary"]
    missing = []
    for peer, packages in PACKAGES.items():
        if subprocess.run([*pip, "-c", str(REQUIREMENTS), *packages], stdin=subprocess.DEVNULL).returncode != 0:
            if peer == "numpy":
                raise RuntimeError("NumPy cannot be installed")
            print(f"peers: {peer} cannot be installed; going on without it", file=sys.stderr)
            missing.append(peer)
    done.write_text(" ".join(missing))
    return inside


def enter() -> None:
    """Goes on in the environment: this process becomes its interpreter, running the same command."""
    try:
        inside = prepare()
    except RuntimeError as error:
        sys.exit(f"peers: {error}: there is nothing to compare with")
    if Path(sys.prefix) != inside.parents[1]:
        os.execv(inside, [str(inside), *sys.argv])
