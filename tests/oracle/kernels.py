"""Writes tests/golden/kernels.txt: NumPy's exact bits for elementwise expressions, integer and bool reductions, and
its sums to compare within a bound. Run with CPython 3.13 and the NumPy that `tests/oracle` names:

    python tests/oracle/kernels.py > tests/golden/kernels.txt
"""
import numpy as np

DTYPES = {"f64": np.float64, "f32": np.float32, "i64": np.int64, "bool": np.bool_}
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.1, 0.3, -2.5, 7.25, 1e-3, 123456.789, 1e9, -1e17, 3e38, np.inf, -np.inf, np.nan]
INTS = [0, 1, -1, 2, -7, 10, 3, 1 << 33, (1 << 53) + 1, (1 << 63) - 1, -(1 << 63)]
UNARY = ["negative", "absolute", "sqrt", "square", "floor", "ceil", "trunc", "rint", "logical_not", "invert"]
BINARY = [
    "add", "subtract", "multiply", "divide", "floor_divide", "remainder", "minimum", "maximum", "bitwise_and",
    "bitwise_or", "bitwise_xor", "less", "less_equal", "greater", "greater_equal", "equal", "not_equal",
]
MIXED = ["add", "divide", "floor_divide", "minimum", "bitwise_and", "less"]
REDUCTIONS = ["sum", "prod", "min", "max", "any", "all", "mean"]


def values(name):
    return np.array(INTS if name == "i64" else FLOATS, dtype=np.float64 if name == "bool" else None).astype(DTYPES[name])


def name_of(dtype):
    return next((name for name, known in DTYPES.items() if np.dtype(known) == dtype), None)


def element(x):
    if x.dtype == np.bool_:
        return str(int(x))
    if x.dtype == np.int64:
        return str(int(x))
    if np.isnan(x):
        return "nan"
    return format(int(x.view(np.uint64 if x.dtype == np.float64 else np.uint32)), "x")


def line(what, result):
    result = np.asarray(result)
    name = name_of(result.dtype)
    if name is not None:
        print(what, "=", name, *(element(x) for x in result.reshape(-1)))


def attempt(what, call):
    try:
        result = call()
    except TypeError:
        print(what, "= TypeError")
    else:
        line(what, result)


def main():
    print(f"# NumPy {np.__version__}, by tests/oracle/kernels.py")
    np.seterr(all="ignore")
    for name in DTYPES:
        x = values(name)
        for op in UNARY:
            attempt(f"unary {op} {name}", lambda: getattr(np, op)(x))
        for other in DTYPES:
            y = values(other)
            a, b = np.repeat(x, len(y)), np.tile(y, len(x))
            for op in BINARY if name == other else MIXED:
                attempt(f"binary {op} {name} {other}", lambda: getattr(np, op)(a, b))
            line(f"cast {name} {other}", x.astype(DTYPES[other]))
        for op in REDUCTIONS:
            # Of floats only what does not depend on the order.
            if name in ("i64", "bool") and op != "mean" or op in ("min", "max", "any", "all"):
                line(f"reduce {op} {name}", getattr(np, op)(x[:13]))


main()
