"""numexpr: the expression as text, evaluated in blocks over its own threads.

The first call is `evaluate`, which compiles; the timed ones are `re_evaluate`, which its documentation gives for loops.

Scalars are passed as numbers of the arrays' dtype, since numexpr's own literals would make float64 of float32.
"""

import numexpr
import numpy as np

from kernels import load_script
from worker import Call, Offer, serve, threads

SCRIPT = load_script()
POLYNOMIAL = "((((((c7*x + c6)*x + c5)*x + c4)*x + c3)*x + c2)*x + c1)*x + c0"


def scalars(dtype: str) -> dict[str, np.generic]:
    """The constants of kernels.toy, in this dtype."""
    named = {"a": SCRIPT.A, "b": SCRIPT.B, "quarter": 0.25} | {f"c{i}": getattr(SCRIPT, f"C{i}") for i in range(8)}
    return {name: SCRIPT.DTYPES[dtype](value) for name, value in named.items()}


def over_vectors(text: str, around: str = "{}") -> Offer:
    def offer(dtype: str, inputs: list[np.ndarray]) -> Call:
        x, y, yp = inputs
        known = scalars(dtype) | {"x": x, "y": y, "yp": yp, "n": len(x)}
        used = {name: value for name, value in known.items() if name in numexpr.NumExpr(text).input_names}
        return call(text, used, around, len(x))

    return offer


def call(text: str, used: dict[str, object], around: str, n: int) -> Call:
    names = {"evaluate": numexpr.evaluate, "again": numexpr.re_evaluate, "text": text, "used": used, "n": n}
    return Call(
        around.format("again(used)"),
        names,
        first=around.format("evaluate(text, used, {})"),
        before=lambda: numexpr.validate(text, used, {}),
    )


def jacobi(dtype: str, inputs: list[np.ndarray]) -> Call:
    (u,) = inputs
    text = "quarter * (north + south + west + east)"
    used = {"quarter": scalars(dtype)["quarter"], "north": u[:-2, 1:-1], "south": u[2:, 1:-1],
            "west": u[1:-1, :-2], "east": u[1:-1, 2:]}
    return call(text, used, "{}", u.size)


# numexpr sums on one thread, an element at a time: NumPy's sum of its array is the other way that its users take.
OFFERS: dict[str, Offer] = {
    "G/inside": over_vectors("sum((yp - y) * x)", "{} / n"),
    "G/outside": over_vectors("(yp - y) * x", "{}.mean()"),
    "S": over_vectors("a*x + y"),
    "P": over_vectors(POLYNOMIAL),
    "N/inside": over_vectors("sum(sqrt(x*x + y*y))"),
    "N/outside": over_vectors("sqrt(x*x + y*y)", "{}.sum()"),
    "D/inside": over_vectors("sum(x*y)"),
    "D/outside": over_vectors("x*y", "{}.sum()"),
    "W": over_vectors("where(x > 0, x*a, b)"),
    "J": jacobi,
}

if __name__ == "__main__":
    numexpr.set_num_threads(threads())
    serve(OFFERS, {"numexpr": numexpr.__version__, "VML": str(numexpr.use_vml)})
