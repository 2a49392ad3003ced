"""Rows of golden files: what is asked, and what CPython with NumPy answers.

A row is `name<TAB>arguments<TAB>keywords<TAB>answer`: a tuple, a dict and a value as `repr` writes them, or
`!Class: message` for an exception. The Rust tests read the literals back.
"""

import os
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")
assert sys.version_info[:2] == (3, 13), "the oracle is CPython 3.13"

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data")
# Answers that toy refuses to give: strings as NumPy's, complex numbers, ranges beyond 64 bits.
REFUSED = ["StrDType", "dtype('<U", "complex", "ufunc 'power'"]
SIMPLE = (type(None), bool, int, float, str)
SCALARS = (np.bool, np.int64, np.float32, np.float64)


def known(value, depth=0):
    """Whether toy has such values."""
    if isinstance(value, SCALARS):
        return True
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(known(item) for item in value)
    if isinstance(value, range):
        return all(abs(part) < 2**63 for part in (value.start, value.stop, value.step))
    if isinstance(value, dict):
        return all(known(item) for entry in value.items() for item in entry)
    return type(value) in SIMPLE or isinstance(value, (range, slice))


def answer(function, args, keywords):
    try:
        value = function(*args, **keywords)
    except Exception as error:
        # NumPy's own classes are subclasses of Python's, which is what toy has.
        name = type(error).__name__.replace("UFuncTypeError", "TypeError")
        return f"!{name}: {error}"
    if not known(value):
        return None
    try:
        return repr(value)
    except ValueError:
        # An integer too long to print.
        return None


def row(name, function, args, keywords={}):
    result = answer(function, args, keywords)
    if result is None or len(result) > 2000 or any(part in result for part in REFUSED):
        return None
    return f"{name}\t{args!r}\t{keywords!r}\t{result}"


def write(file, rows):
    rows = list(dict.fromkeys(row for row in rows if row is not None and "\n" not in row and row.count("\t") == 3))
    with open(os.path.join(DATA, file), "w", encoding="utf-8") as out:
        out.write("\n".join(rows) + "\n")
    print(f"{file}: {len(rows)} rows")
