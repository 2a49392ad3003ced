"""Writes `tests/data/builtins.txt`: built-in functions and constructors on good and bad arguments."""

import builtins
import random

import numpy as np

from rows import row, write

random.seed(5)

VALUES = [0, 1, -1, 7, 255, -256, 10**30, -(10**30), 2**63, True, False, None, 0.0, -0.0, 1.5, -2.5, 1e22, 1e300, float("inf"), float("nan"),
          "", "a", "12", " 12 ", "-5", "1_000", "1.5", "abc", "é", [], [1, 2, 3], [3, 1, 2], [1.5, 2], ["b", "a"], [1, "a"], [[1, 2], [3, 4]], (), (1,), (1, 2),
          {}, {1: 2}, {"a": 1, "b": 2}, range(3), range(5, 0, -2), np.float64(1.5), np.int64(3), np.float32(2.5), np.bool(True), slice(1, 2)]
ONE = ["abs", "all", "any", "ascii", "bin", "bool", "callable", "chr", "dict", "float", "hex", "int", "len", "list", "max", "min", "oct", "ord", "range", "repr",
       "round", "sorted", "str", "sum", "tuple", "isinstance", "divmod", "pow", "format", "slice"]


def function(name):
    if name == "iterate":
        return lambda iterable: list(iterable)
    return getattr(builtins, name)


def call(name, *args, **keywords):
    return row(name, function(name), args, keywords)


def parsed():
    for text in ["0", "-0", "+7", "  42\n", "1_2_3", "1__2", "_1", "1_", "0x1f", "0b101", "0o17", "007", "1e5", "", " ", "-", "--1", "12a", "z", "ff", "１２", "9" * 30, "-" + "9" * 25,
                 "a" * 300, "9" * 4300, "9" * 4301, "٣"]:
        yield call("int", text)
        for base in [0, 2, 8, 10, 16, 36, 1, 37, -1, 10**30]:
            if len(text) < 100:
                yield call("int", text, base)
    for text in ["0", "-0", "1.5", ".5", "5.", ".", "1e5", "1E-5", "1e", "e5", "inf", "-inf", "+Infinity", "NaN", "nan(1)", "1_0.5", "1_.5", "1._5", "1.5_", "1e1_0", "1_e1",
                 " 1.5\t", "1 .5", "0x10", "", "1e400", "-1e-400", "2.2250738585072014e-308", "1" * 400, "infin", "1,5", "--1"]:
        yield call("float", text)


def rounded():
    for _ in range(900):
        x = random.choice([random.uniform(-100, 100), random.randrange(-10**6, 10**6) / 2 ** random.randrange(8), random.random() * 10.0 ** random.randrange(-20, 25),
                           random.randrange(-10**4, 10**4) / 100 + 0.005, float(random.randrange(-10**9, 10**9)) * 10 ** random.randrange(14)])
        yield call("round", x, random.randrange(-12, 12))
    for x in [0.5, 1.5, 2.5, -0.5, -1.5, 1e22, 4.35, 2.675, 1.005, 1e23, 9.5e22, 5e22, 4.9e22, 1.7976931348623157e308, 5e-324, -0.0, float("inf"), float("nan")]:
        yield call("round", x)
        for digits in [0, 1, 2, 15, 22, 323, 324, 400, 10**20, -1, -22, -23, -24, -307, -308, -309, -400, None, True]:
            yield call("round", x, digits)
    for i in [0, 5, 15, 25, 35, -5, -15, -25, 149, 150, 151, 250, 10**30 + 5, 5 * 10**29, -(10**30), 55555]:
        for digits in [0, 1, -1, -2, -3, -29, -30, -31, -400, 3]:
            yield call("round", i, digits)
            if -100 < digits and abs(i) < 2**50:
                yield call("round", np.int64(i), digits)
    for x in [0.5, 1.25, 2.675, -7.125, 1e10, 123456.789]:
        for digits in [0, 1, 2, -2, -4]:
            yield call("round", np.float64(x), digits)
            yield call("round", np.float32(x), digits)


def summed():
    for _ in range(500):
        terms = []
        for _ in range(random.randrange(12)):
            terms.append(random.choice([random.uniform(-1, 1), random.random() * 10.0 ** random.randrange(-10, 20), random.randrange(-10, 10), 0.1, -0.1, 1e16, -1e16, 1e100, -1e100,
                                        True, 2**62, 2**80, np.float64(0.1), np.int64(3), np.float32(0.1)] + [random.uniform(-1, 1)] * 10))
        yield call("sum", terms)
        yield call("sum", terms, random.choice([0, 0.0, -0.0, 5, 0.5, 2**70]))
    for terms in [[1e308, 1e308], [float("inf"), float("-inf")], [float("inf"), 1.0], [-0.0], [], [[1], [2]], ["a"], [(1,)]]:
        for start in [0, 0.0, -0.0, "", [], (), None]:
            yield call("sum", terms, start)


def arguments():
    for name in ONE:
        yield call(name)
        yield call(name, 1, 2, 3, 4)
        yield call(name, 1, foo=2)
        for value in VALUES:
            yield call(name, value)
    for name in ["divmod", "pow", "max", "min", "round", "range", "format", "int"]:
        for _ in range(120):
            a, b = random.choice(VALUES), random.choice(VALUES[:24])
            if name == "pow" and isinstance(b, int) and abs(b) > 1000 and isinstance(a, (int, np.int64)) and abs(a) > 1:
                continue
            if name != "round" or not isinstance(b, int) or abs(b) < 1000:
                yield call(name, a, b)
    for _ in range(150):
        base, exponent, modulus = random.randrange(-50, 50), random.randrange(-20, 50), random.randrange(-40, 40)
        yield call("pow", base, exponent, modulus)
    for _ in range(100):
        items = [random.choice(VALUES[:-5]) for _ in range(random.randrange(1, 5))]
        numbers = [random.choice([1, 2, 3.0, 2.5, True, -1, 10**20, float("nan"), np.float64(2), np.int64(1)]) for _ in range(random.randrange(1, 12))]
        for name in ["max", "min", "sorted", "any", "all", "list", "tuple"]:
            yield call(name, items)
            yield call(name, numbers)
        words = ["".join(random.choice("abAB é") for _ in range(3)) for _ in range(8)]
        yield call("sorted", words, reverse=random.choice([True, False, 1, 0]))
        yield call("sorted", numbers, reverse=True)
    yield call("max", [], default=3)
    yield call("max", [1], default=3)
    yield call("min", 1, 2, default=3)
    yield call("min", [1], key=None)
    yield call("min", [1], foo=None)
    yield call("dict", [(1, 2), ["a", 3]], x=5)
    yield call("dict", ["ab", "cd"])
    yield call("dict", [1])
    yield call("dict", [(1, 2, 3)])
    yield call("dict", x=1, y=2)
    yield call("int", "12", base=8)
    yield call("int", base=8)
    yield call("round", 1.25, ndigits=1)
    yield call("round", number=1.25)
    yield call("round", 1, number=1.25)
    yield call("pow", 2, exp=3)
    yield call("pow", base=2, exp=3, mod=5)
    yield call("sum", [1], start=5)
    yield call("str", object=5)


def iterated():
    for arguments in [([1, 2],), ("ab", 5), ((1, 2), -1), ([], 1.5), (1,), (), ([1], 2, 3), ([1], 10**30)]:
        yield row("enumerate", lambda *args: list(enumerate(*args)), arguments) if arguments != ([1], 10**30) else None
    for arguments in [(), ([1, 2],), ([1, 2], "ab"), ([1, 2, 3], "ab"), (range(3), (1, 2, 3), "xyz"), (1,), ([1], 2)]:
        for strict in [{}, {"strict": True}, {"strict": False}, {"foo": 1}]:
            yield row("zip", lambda *args, **keywords: list(zip(*args, **keywords)), arguments, strict)
    for value in VALUES:
        if value != {"a": 1, "b": 2}:
            yield row("reversed", lambda *args: list(reversed(*args)), (value,))


write("builtins.txt", [*parsed(), *rounded(), *summed(), *arguments(), *iterated()])
