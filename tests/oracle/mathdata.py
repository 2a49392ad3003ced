"""The tables of numbers that CPython's own tests check floats and `math` with, asked of `toy`.

They are read from the interpreter that runs this script (Debian has them in libpython3.13-testsuite). What they say is
what `toy` has to answer: float formatting exactly; functions of `math` within the bounds of CPython's test_math.py.
"""

import math
import re
import struct
import sys
import sysconfig
from pathlib import Path

from batch import TOY, evaluate

FOLDER = Path(sysconfig.get_path("stdlib")) / "test" / "mathdata"
PREAMBLE = ["import math, sys"]
# The real square root keeps the sign of zero, the complex one does not.
SIGN_OF_ZERO = ("sqrt0002", "sqrt0003", "sqrt1001", "sqrt1023")


def lines(name):
    text = (FOLDER / name).read_text(encoding="utf-8")
    comment = "#" if name == "floating_points.txt" else "--"
    stripped = (line.partition(comment)[0].strip() for line in text.splitlines())
    return [line for line in stripped if line]


def literal(text):
    """An expression for a float that a table writes as `float` reads it; a signed zero and NaN included."""
    return f"float({text!r})"


def formatting():
    """(expression, exact answer): the table's, and of the negative number the same with a minus."""
    for line in lines("formatfloat_testcases.txt"):
        left, _, wanted = (part.strip() for part in line.partition("->"))
        spec, number = left.split()
        for sign in ("", "-"):
            value, answer = f"{sign}{literal(number)}", repr(sign + wanted)
            yield f"{spec!r} % {value}", answer
            if spec != "%r":
                yield f"format({value}, {spec[1:]!r})", answer
                yield f"'{{:{spec[1:]}}}'.format({value})", answer
                yield f'f"{{{value}:{spec[1:]}}}"', answer
            else:
                yield f"str({value})", answer


def reading():
    """Numbers that are hard to read correctly: what CPython makes of them, and back."""
    for text in lines("floating_points.txt"):
        for number in (text, text[1:] if text[0] in "+-" else "-" + text):
            wanted = repr(float(number))
            yield f"float({number!r})", wanted
            yield f"float(repr({number}))", wanted
            yield number, wanted


def answer_of(value, flags):
    if {"invalid", "divide-by-zero"} & set(flags):
        return "!ValueError"
    return "!OverflowError" if "overflow" in flags else float(value)


def functions():
    """(identifier, function, argument, answer, bound in ulp, absolute bound)"""
    for line in lines("math_testcases.txt"):
        left, _, right = line.partition("->")
        name, function, argument = left.split()
        value, *flags = right.split()
        yield name, function, argument, answer_of(value, flags), *bounds(function, float(argument))
    for line in lines("cmath_testcases.txt"):
        left, _, right = line.partition("->")
        name, function, real, imaginary = left.split()
        value, other, *flags = right.split()
        if float(imaginary) != 0 or float(other) != 0 or function in ("rect", "polar"):
            continue
        wanted = answer_of(value, flags)
        if name in SIGN_OF_ZERO:
            wanted = math.copysign(wanted, float(real))
        yield name, function, real, wanted, 5, 0.0


def bounds(function, argument):
    """How far test_math.py lets these go from the exact answer."""
    if function == "gamma":
        return 20, 0.0
    if function == "lgamma":
        return 5, 1e-15
    if function == "erfc" and argument >= 0:
        return 10 if argument < 1 else 100 if argument < 10 else 1000, 0.0
    return 5, 0.0


def close(wanted, got, ulp, absolute):
    if math.isnan(wanted) or math.isinf(wanted) or math.isnan(got) or math.isinf(got):
        return repr(wanted) == repr(got)
    if wanted == got == 0:
        return math.copysign(1, wanted) == math.copysign(1, got)
    return abs(ordinal(wanted) - ordinal(got)) <= ulp or abs(wanted - got) <= absolute


def ordinal(x):
    """Floats counted from zero: neighbours differ by one."""
    (n,) = struct.unpack("<q", struct.pack("<d", x))
    return n if n >= 0 else -(n & (1 << 63) - 1)


def session():
    """ieee754.txt is a session with the interpreter: its prompts' lines and what each printed."""
    text = (FOLDER / "ieee754.txt").read_text(encoding="utf-8")
    used = ", ".join(name for name in dir(math) if re.search(rf"\b{name}\b", text))
    text = text.replace("from math import *", f"from math import {used}")
    text = text.replace("from sys import float_info as FI", "pass").replace("FI.epsilon", repr(sys.float_info.epsilon))
    found = re.findall(r"^>>> (.*\n(?:\.\.\. .*\n)*)((?:(?!>>>).+\n)*)", text, re.M)
    return [(re.sub(r"^\.\.\. ", "", source, flags=re.M).rstrip(), wanted.strip()) for source, wanted in found]


def check(title, found):
    """Prints what differs; (identifier, wanted, got, whether it is right)."""
    found = list(found)
    wrong = [(name, wanted, got) for name, wanted, got, right in found if not right]
    for name, wanted, got in wrong[:20]:
        print(f"DIFFERENT {name}\n  expected: {wanted}\n  got:      {got}")
    print(f"{title}: {len(found) - len(wrong)} passed, {len(wrong)} failed")
    return len(found), len(wrong)


def check_exact(title, rows):
    rows = list(rows)
    answers = evaluate(TOY, [], [expression for expression, _ in rows])
    return check(title, ((e, wanted, got, wanted == got) for (e, wanted), got in zip(rows, answers)))


def check_functions():
    rows = list(functions())
    answers = evaluate(TOY, PREAMBLE, [f"math.{function}({literal(x)})" for _, function, x, *_ in rows])
    results = []
    for (name, function, x, wanted, ulp, absolute), got in zip(rows, answers):
        if isinstance(wanted, str) or got.startswith("!"):
            right = isinstance(wanted, str) and got.partition(":")[0] == wanted
        else:
            right = close(wanted, float(got), ulp, absolute)
        results.append((f"{name} {function}({x})", wanted, got, right))
    return check("math_testcases.txt, cmath_testcases.txt", results)


def check_session():
    preamble, expressions, answers = [], [], []
    for source, wanted in session():
        if wanted:
            expressions.append(f"({source})")
            error = re.search(r"^(\w+: .*)", wanted, re.M) if wanted.startswith("Traceback") else None
            answers.append("!" + error[1] if error else wanted)
        else:
            preamble += [line for line in source.split("\n") if not line.strip().startswith('"""')]
    got = evaluate(TOY, preamble, expressions)
    # A word of the table is CPython 3.13's own answer where the two differ.
    return check("ieee754.txt", ((e, a, b, a == b) for e, a, b in zip(expressions, answers, got)))


def main():
    if not FOLDER.is_dir():
        sys.exit(f"{FOLDER}: not there; Debian has it in the package libpython{sysconfig.get_python_version()}-testsuite")
    counts = [
        check_exact("formatfloat_testcases.txt", formatting()),
        check_exact("floating_points.txt", reading()),
        check_functions(),
        check_session(),
    ]
    total, wrong = map(sum, zip(*counts))
    print(f"mathdata: {total - wrong} passed, {wrong} failed")
    return wrong == 0


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
