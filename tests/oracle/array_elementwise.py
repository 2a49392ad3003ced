"""Writes tests/data/array_elementwise.txt: pairs of numbers, and what `**`, `//`, `%` and the bit operators make of them.

    python tests/oracle/array_elementwise.py > tests/data/array_elementwise.txt

Columns, separated by tabs: operator, dtype, bits of both operands in hexadecimal, bits of the result, warnings.
"""

import math
import random
import warnings

import numpy as np

random.seed(5)
UNSIGNED = {"int64": "u8", "float32": "u4", "float64": "u8"}
SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, 3.0, -3.0, 0.1, 0.3, -0.7, 1e300, -1e300, 1e-300, 5e-324, math.inf, -math.inf,
           math.nan, 7.5, 1e16]
WHOLE = [0, 1, -1, 2, -2, 3, -3, 7, -7, 10, 63, 64, 65, 2**31, 2**62, 2**63 - 1, -(2**63), -64]


def bits(array):
    return f"{int(array.view(UNSIGNED[array.dtype.name])[0]):x}"


def main():
    floats = ["power", "floor_divide", "remainder"]
    pairs = [(x, y) for x in SPECIAL for y in SPECIAL] + [(random.gauss(0, 10), random.gauss(0, 3)) for _ in range(100)]
    wholes = [(x, y) for x in WHOLE for y in WHOLE] + [(random.randint(-1000, 1000), random.randint(-50, 50)) for _ in range(60)]
    rows = [(op, name, x, y) for name in ["float32", "float64"] for op in floats for x, y in pairs]
    rows += [(op, "int64", x, y) for op in floats + ["bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift"]
             for x, y in wholes if not (op == "power" and y < 0)]
    for op, name, x, y in rows:
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("ignore")
            a, b = np.array([x], name), np.array([y], name)
            warnings.simplefilter("always")
            result = getattr(np, op)(a, b)
        texts = ";".join(str(w.message) for w in seen)
        shown = "nan" if result.dtype.kind == "f" and np.isnan(result[0]) else bits(result)
        print(op, name, f"{bits(a)} {bits(b)}", shown, texts, sep="\t")


if __name__ == "__main__":
    main()
