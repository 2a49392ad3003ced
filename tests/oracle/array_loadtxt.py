"""Writes tests/data/array_loadtxt.txt: texts, options of np.loadtxt, and what NumPy makes of them.

    python tests/oracle/array_loadtxt.py > tests/data/array_loadtxt.txt

Columns, separated by tabs: text, options (as Python writes a dict), repr of the result or class and message of the
error, `warns` or nothing. Newlines, tabs and backslashes in the first and third are escaped.
"""

import os
import tempfile
import warnings

import numpy as np

PLAIN = """1 2\\n3 4\\n|1,2\\n3,4|1\\n2\\n|1 2 3\\n|5\\n||# c\\n\\n1 2 # x\\n\\n|1 2\\n3 abc\\n|1 2\\n3\\n|1 2 3\\n4 5 6\\n7 8\\n
\\n\\n1 2 3\\n# x\\n4 5 6\\n\\n7 8\\n|1_000|inf|-inf|nan|NaN|+1|1e5|1E5|.5|5.|0x10|infinity|INF|1e400|-nan|+nan|nan(3)|.|e5
1d5|1 \\x0c2|1\\x0b2|1e|--1|1e-400|0x1p3|\\xa01|1\\xa0|"1"|1 2\\r\\n3 4\\r\\n|1 2\\r3 4|  1   2  \\n|   \\n1 2\\n|1 2 3\\n4 5 x6\\n
1 a'b|1 a\\\\b|1 a"b|1 a'"b|1 é|1\\x002|1\\n2 3|aaa\\n1|1 2\\n3 4 5\\n|1#x|#\\n#\\n|\\n|0.1 0.2\\n0.3 1e22|1 2\\n\\n\\n3 4""".replace("\n", "|").split("|")
WITH = [
    *[(s, {"dtype": "int64"}) for s in ["1.0", "1", "-3", "+3", "1e3", "9223372036854775808", "9223372036854775807", "0x10",
      "1_0", "nan", "-9223372036854775808", "01", "--1", "-", " 7 8"]],
    *[(s, {"dtype": "bool"}) for s in ["1", "0", "2", "True", "1.0", "-1", "nan", "x", "1 0\n0 1"]],
    ("0.1 1e39 16777217", {"dtype": "float32"}),
    ("1.00000017881393432617187499 2", {"dtype": "float32"}),
    ("a,b\n1,2\n", {"delimiter": ",", "skiprows": 1}), ("1,,2\n", {"delimiter": ","}), ("1, 2 ,3\n", {"delimiter": ","}),
    ("1,2,\n3,4,\n", {"delimiter": ","}), ("1,2\n3,4", {"delimiter": ","}),
    *[("1 2 3\n4 5 6", {"usecols": u}) for u in [(0, 2), (1,), (-1,), (3,), (-4,), (), (2, 0, 2)]],
    ("1 2 3\n4 5", {"usecols": (2,)}), ("1 2 3\n4 5", {"usecols": (0, 2)}), ("1 2 3\n4 5", {"usecols": (0, -1)}),
    ("", {"usecols": (0, 2)}),
    ("1 2\n3 4", {"unpack": True}), ("1 2\n3 4", {"max_rows": 1}), ("1 2\n3 4", {"max_rows": 0}),
    ("# a\n1 2\n\n3 4\n5 6", {"max_rows": 2}), ("1\n2\nx", {"max_rows": 2}),
    *[(s, {"ndmin": d}) for s in ["1 2\n3 4", "1\n2", "1 2", "5", ""] for d in [1, 2]],
    ("5", {"ndmin": 3}), ("5", {"ndmin": -1}), ("1 2", {"skiprows": -1}), ("1 2", {"max_rows": -1}),
    ("1 2\n3 4", {"skiprows": 5}), ("# h\n1,2\n3,x", {"delimiter": ",", "skiprows": 1}),
    ("1 2 % x\n3 4", {"comments": ["%"]}), ("1 2 // x\n3 4", {"comments": ["//"]}), ("1 2 # x", {"comments": None}),
    ("1 2 # x\n3 4 % y", {"comments": ["#", "%"]}), ("1 2", {"comments": [""]}), ("1 2", {"comments": []}),
    ("1;2", {"delimiter": ";"}), ("1ab2", {"delimiter": "ab"}), ("1\t2\n3\t\n", {"delimiter": "\t"}),
    ("1 2", {"delimiter": " "}), ("1  2", {"delimiter": " "}), ("1 2", {"delimiter": ""}), ("1#2", {"delimiter": "#"}),
    ("1%2", {"delimiter": "%", "comments": ["#", "%"]}), ("1ab2", {"delimiter": "ab", "comments": ["ab"]}),
    ("1,2\n   \n3,4", {"delimiter": ","}), (" \n", {"delimiter": ","}), ("1,2\n,\n", {"delimiter": ","}),
    ("  # c\n1,2", {"delimiter": ","}), ("# c\n1,2 # d\n\n3,4#", {"delimiter": ","}), ("1,2\n3", {"delimiter": ",", "usecols": (0,)}),
    ("1,2\n3,4 # c\n5,x", {"delimiter": ","}), ("1e5,2\n", {"delimiter": ",", "dtype": "int64"}),
    ("1,2\n3,4\n5,6", {"delimiter": ",", "usecols": (1,), "ndmin": 2, "unpack": True}),
]


def escape(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def main():
    path = os.path.join(tempfile.mkdtemp(), "t")
    cases = [(s.encode("latin-1").decode("unicode_escape"), {}) for s in PLAIN] + WITH
    for text, options in cases:
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            try:
                result = repr(np.loadtxt(path, encoding="utf-8", **options))
            except Exception as error:
                result = f"{type(error).__name__}: {error}"
        shown = " ".join(f"{key}={value!r}" for key, value in options.items())
        print(escape(text), escape(shown), escape(result), "warns" if any("input contained no data" in str(w.message) for w in seen) else "", sep="\t")


if __name__ == "__main__":
    main()
