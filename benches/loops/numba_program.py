"""A program of the benchmark under Numba: numba_program.py FILE.toy SAMPLES ARGUMENTS...

The text is the file's. Each of its functions is compiled by `@njit` (no fastmath, one thread), but for `inputs`, which
makes what the others are given, and is not measured: its lists become arrays, Numba's fastest kind of list. Lists that
compiled functions make themselves are Numba's own. Adds a line `compile` with the seconds that Numba says it took.
"""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numba.core import event


def as_array(value: Any) -> Any:
    return np.array(value) if isinstance(value, list) else value


def with_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def made(*arguments: Any) -> Any:
        result = function(*arguments)
        return tuple(map(as_array, result)) if isinstance(result, tuple) else as_array(result)

    return made


def decorated(tree: ast.Module) -> ast.Module:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            decorator = "with_arrays" if node.name == "inputs" else "njit"
            node.decorator_list.append(ast.Name(decorator, ast.Load()))
    return ast.fix_missing_locations(tree)


def main() -> None:
    sys.argv = sys.argv[1:]
    path = sys.argv[0]
    program = compile(decorated(ast.parse(Path(path).read_text(), path)), path, "exec")
    spent = event.TimingListener()
    with event.install_listener("numba:compile", spent):
        exec(program, {"__name__": "__main__", "njit": njit, "with_arrays": with_arrays})
    print("compile", spent.duration)


if __name__ == "__main__":
    main()
