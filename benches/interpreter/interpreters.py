"""Who runs the programs: `toy`, every CPython that is found, PyPy without its JIT, Lua, and LuaJIT's interpreter."""

from __future__ import annotations

from pathlib import Path

from contenders import VERSIONS, Contender, Language, cpythons, targets, version_of, without_numpy

OTHERS = {
    "PyPy without JIT": Language("PyPy", ("pypy3", "pypy"), "pypy3", ("--jit", "off"), ".toy", "--version"),
    "Lua 5.4": Language("Lua 5.4", ("lua5.4", "lua"), "lua5.4"),
    "LuaJIT without JIT": Language("LuaJIT", ("luajit",), "luajit", ("-joff",)),
}


def find(toy: Path, given: list[str], measured: bool) -> tuple[list[Contender], list[str]]:
    """All contenders, `toy` first, and a line about each that is missing."""
    python = cpythons(given, targets(toy), measured)
    names = [contender.name for contender in python]
    missing = [
        f"CPython {version} is left out: neither on the PATH nor in pyenv (pyenv install {version})"
        for version in VERSIONS
        if f"CPython {version}" not in names
    ]
    others = []
    for title, language in OTHERS.items():
        found, gone = language.find(title)
        others += found
        missing += gone
    missing += without_numpy(python)
    run = (str(toy), "run")
    return [Contender("toy", run, version_of([str(toy), "--version"]), numpy=run), *python, *others], missing
