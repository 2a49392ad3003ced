"""Numba, in the modes that its users choose between; the report takes the fastest of them in each cell.

`njit`, `fastmath` and `parallel` (with fastmath) compile the very array expression; `loop` and `prange` are the same
as an explicit loop, with fastmath, which is how Numba's documentation writes a kernel that has to be fast. `out` is
`loop`, or `prange` where there are threads, into an array that the caller keeps: reported under a name of its own.

Constants are of the arrays' dtype, frozen into the function: a literal would make float64 of float32.
"""

from __future__ import annotations

from collections.abc import Callable

import llvmlite
import numba
import numpy as np
from numba import njit, prange

from kernels import load_script
from worker import Call, Offer, quick, serve, threads

SCRIPT = load_script()
VECTORS = {"x": 0, "y": 1, "yp": 2}


def expressions(dtype: str) -> dict[str, Callable]:
    """The kernels as array expressions, not yet compiled."""
    real = SCRIPT.DTYPES[dtype]
    a, b, quarter = real(SCRIPT.A), real(SCRIPT.B), real(0.25)
    c0, c1, c2, c3, c4, c5, c6, c7 = (real(getattr(SCRIPT, f"C{i}")) for i in range(8))

    def G(yp, y, x):
        return np.mean((yp - y) * x)

    def S(x, y):
        return a * x + y

    def P(x):
        return ((((((c7 * x + c6) * x + c5) * x + c4) * x + c3) * x + c2) * x + c1) * x + c0

    def N(x, y):
        return np.sqrt(x * x + y * y).sum()

    def D(x, y):
        return np.dot(x, y)

    def W(x):
        return np.where(x > 0, x * a, b)

    def M(a, b):
        return a @ b

    def J(u):
        return quarter * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])

    return {f.__name__: f for f in (G, S, P, N, D, W, M, J)}


def loops_into(dtype: str) -> dict[str, Callable]:
    """The elementwise kernels as loops that fill `r`, not yet compiled. `prange` is `range` unless parallel."""
    real = SCRIPT.DTYPES[dtype]
    a, b, quarter = real(SCRIPT.A), real(SCRIPT.B), real(0.25)
    c0, c1, c2, c3, c4, c5, c6, c7 = (real(getattr(SCRIPT, f"C{i}")) for i in range(8))

    def S(x, y, r):
        for i in prange(x.size):
            r[i] = a * x[i] + y[i]
        return r

    def P(x, r):
        for i in prange(x.size):
            t = x[i]
            r[i] = ((((((c7 * t + c6) * t + c5) * t + c4) * t + c3) * t + c2) * t + c1) * t + c0
        return r

    def W(x, r):
        for i in prange(x.size):
            r[i] = x[i] * a if x[i] > 0 else b
        return r

    def J(u, r):
        for i in prange(1, u.shape[0] - 1):
            for j in range(1, u.shape[1] - 1):
                r[i - 1, j - 1] = quarter * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1])
        return r

    return {f.__name__: f for f in (S, P, W, J)}


def loops(dtype: str, compiled: Callable[[Callable], Callable]) -> dict[str, Callable]:
    """The kernels as loops, not yet compiled: reductions, and the elementwise ones into an array of their own."""
    real = SCRIPT.DTYPES[dtype]
    zero = real(0)
    fill = {name: compiled(function) for name, function in loops_into(dtype).items()}
    fill_S, fill_P, fill_W, fill_J = (fill[name] for name in "SPWJ")

    def G(yp, y, x):
        total = zero
        for i in prange(x.size):
            total += (yp[i] - y[i]) * x[i]
        return total / x.size

    def N(x, y):
        total = zero
        for i in prange(x.size):
            total += np.sqrt(x[i] * x[i] + y[i] * y[i])
        return total

    def D(x, y):
        total = zero
        for i in prange(x.size):
            total += x[i] * y[i]
        return total

    def S(x, y):
        return fill_S(x, y, np.empty_like(x))

    def P(x):
        return fill_P(x, np.empty_like(x))

    def W(x):
        return fill_W(x, np.empty_like(x))

    def J(u):
        return fill_J(u, np.empty((u.shape[0] - 2, u.shape[1] - 2), u.dtype))

    return {f.__name__: f for f in (G, S, P, N, D, W, J)}


ARGUMENTS = {"G": "yp y x", "S": "x y", "P": "x", "N": "x y", "D": "x y", "W": "x", "M": "a b", "J": "u"}
PLACES = {"M": {"a": 0, "b": 1}, "J": {"u": 0}}
MODES = {
    "njit": njit,
    "fastmath": njit(fastmath=True),
    "parallel": njit(fastmath=True, parallel=True),
    "loop": njit(fastmath=True),
    "prange": njit(fastmath=True, parallel=True),
    "out": njit(fastmath=True, parallel=threads() > 1),
}
# One function for each dtype, so that all sizes share what is compiled.
COMPILED: dict[tuple[str, str, str], Callable] = {}


def compiled(kernel: str, mode: str, dtype: str) -> Callable:
    key = (kernel, mode, dtype)
    if key not in COMPILED:
        match mode:
            case "loop" | "prange":
                function = loops(dtype, MODES[mode])[kernel]
                # An elementwise kernel's loop is in the function that fills the array; this one only makes it.
                mode = "loop" if kernel in "SPWJ" else mode
            case "out":
                function = loops_into(dtype)[kernel]
            case _:
                function = expressions(dtype)[kernel]
        COMPILED[key] = MODES[mode](function)
    return COMPILED[key]


def offer(kernel: str, mode: str) -> Offer:
    def build(dtype: str, inputs: list[np.ndarray]) -> Call:
        places = PLACES.get(kernel, VECTORS)
        names = {name: inputs[places[name]] for name in ARGUMENTS[kernel].split()}
        if mode == "out":
            shape = inputs[0].shape if kernel != "J" else tuple(side - 2 for side in inputs[0].shape)
            names["out"] = np.empty(shape, inputs[0].dtype)
        return Call(f"kernel({', '.join(names)})", {"kernel": compiled(kernel, mode, dtype)} | names)

    return build


def offers() -> dict[str, Offer]:
    modes = ("njit", "fastmath", "parallel", "loop", "prange")
    if quick():
        modes = ("loop", "prange") if threads() > 1 else ("loop",)
    pairs = [(kernel, mode) for kernel in "GSPNDWJ" for mode in modes]
    pairs += [(kernel, "out") for kernel in "SPWJ" if not quick()]
    # A product of matrices is BLAS in every mode.
    return {f"{kernel}/{mode}": offer(kernel, mode) for kernel, mode in [*pairs, ("M", "njit")]}


if __name__ == "__main__":
    numba.set_num_threads(threads())
    serve(offers(), {"Numba": numba.__version__, "llvmlite": llvmlite.__version__})
