"""Writes `tests/data/methods.txt`: methods of every type on good and bad arguments.

A row's first argument is the receiver. Methods that change it answer with it: `(result, receiver)`.
"""

import copy
import operator
import random

import numpy as np

from rows import answer, known, REFUSED, row, write

random.seed(6)

TEXTS = ["", "a", "abc", "Hello World", "  padded\t", "a,b,,c", "line\nnext\r\nlast\n", "x\x0by\x0cz\x1c\x85\u2028w", "aaa", "héllo wörld", "ΑΣ ΟΔΟΣ", "they're bill's", "-42", "+7", "日本語",
         "ßtraße", "ǆungla", "12", "²", "½", "٣", "A1b2", "tab\tsep\tend", "a  b   c ", "ABC", "Title Case", "_id3", "3id", " ", "\n", "abcabc", "İstanbul", "ﬁne"]
BARE = ["capitalize", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper", "lower", "lstrip",
        "rstrip", "strip", "split", "rsplit", "splitlines", "swapcase", "title", "upper", "expandtabs", "isidentifier"]


def call(receiver, name, *args, **keywords):
    changing = isinstance(receiver, (list, dict))
    target = copy.deepcopy(receiver) if changing else receiver

    def method(*args, **keywords):
        result = operator.methodcaller(name, *args, **keywords)(target)
        if name in ("keys", "values", "items"):
            result = list(result)
        return (result, target) if changing and known(result) else result

    result = answer(method, args, keywords)
    if result is None or any(part in result for part in REFUSED):
        return None
    result = result.split(". Did you mean")[0]
    return f"{name}\t{(receiver, *args)!r}\t{keywords!r}\t{result}"


def texts():
    for text in TEXTS:
        for name in BARE:
            yield call(text, name)
        for name in ["split", "rsplit"]:
            for most in [-1, 0, 1, 2, True]:
                yield call(text, name, None, most)
                yield call(text, name, random.choice([",", " ", "a", "b", "aa", "\n", "l"]), most)
            yield call(text, name, maxsplit=1)
            yield call(text, name, sep="a")
        for part in random.sample(["", "a", "b", "l", "aa", "abc", " ", "ö", "\n", "zz"], 5):
            for name in ["count", "find", "rfind", "index", "rindex", "startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "strip", "lstrip", "rstrip"]:
                if random.random() < 0.5:
                    yield call(text, name, part)
            for name in ["count", "find", "rfind", "startswith", "endswith", "index"]:
                if random.random() < 0.4:
                    yield call(text, name, part, random.choice([0, 1, -1, 3, 100, -100, None]), random.choice([0, 2, 5, -1, -2, 100, None]))
            yield call(text, "replace", part, random.choice(["", "-", "xy"]), random.choice([-1, 0, 1, 2]))
            yield call(text, "replace", part, random.choice(["", "-", "xy"]))
            yield call(part, "join", random.choice([["a", "b"], [], ["x"], ("1", "2", "3"), "xyz"]))
        for width in [-1, 0, 3, 6, 7, 20]:
            for name in ["center", "ljust", "rjust"]:
                yield call(text, name, width)
                yield call(text, name, width, random.choice(["*", "é", " "]))
            yield call(text, "zfill", width)
        yield call(text, "splitlines", True)
        yield call(text, "splitlines", keepends=True)
        for size in [0, 1, 4, 8]:
            yield call(text, "expandtabs", size)
        yield call(text, "casefold")
        yield call(text, "maketrans", text, text[::-1])
        yield call(text, "maketrans", text, text[::-1], "a")
        yield call(text, "translate", {97: "x", 98: None, 108: 0x1F600, 32: ""})
        yield call(text, "translate", ["x"] * 100)
        yield call(text, "replace", "a", "b", count=random.choice([0, 1, -1]))
        yield call(text, "startswith", ("a", "x", "H"))
        yield call(text, "endswith", ("c", "\n"))
    for _ in range(150):
        text = "".join(random.choice("ab ,") for _ in range(random.randrange(12)))
        yield call(text, "split", random.choice([None, ",", "a", "ab"]), random.randrange(-1, 4))
        yield call(text, "rsplit", random.choice([None, ",", "a", "ab"]), random.randrange(-1, 4))
        yield call(text, "replace", random.choice(["", "a", "ab", ","]), random.choice(["", "b", "xyz"]), random.randrange(-1, 4))
        yield call(text, "count", random.choice(["", "a", "ab", "aa"]))


def tables():
    for table in [{"a": "x", "b": None, 99: 100}, {"ab": 1}, {1.5: 1}, {True: 1}, {}, [("a", 1)], "ab", 5, None]:
        yield call("", "maketrans", table)
    for args in [(), ("ab", "cd"), ("ab", "c"), (1, "c"), ("a", 1), ("a", "b", 1), ("a", "b", "ad"), ("a", "b", "c", "d"), (1, 2, 3)]:
        yield call("", "maketrans", *args)
    for table in [{97: 1.5}, {97: -1}, {97: 0x110000}, {97: 10**30}, {97: True}, {97: []}, {}, [], (), "", range(200), 5, None]:
        yield call("abc", "translate", table)
        yield call("", "translate", table)
    for text in ["{a}{b[c]}", "{0}", "{}", "x", "{a:{w}}", "{a.real}", "{a!r:>5}", "{", "{a"]:
        for mapping in [{"a": 1, "b": {"c": 2}, "w": 5}, {}, {0: 1}, [5], "abc", 5]:
            yield call(text, "format_map", mapping)
    for text in ["0x1.8p3", "", "abc", "1", "inf", "-nan", "+INFinity", "infinit", "0x1p1024", "0x1p-1075", "0x1.000001p-1075", " 0x.8 ", "0x", "0x1p", "0x1.p+5", "0xg", "1e5", "0x1_0", "0x1p5 x",
                 "0x1p99999999999999999999", "0x0p99999999999999999999", "-0x1p-99999999999999999999", "0x1.fffffffffffff8p0", "0x1.fffffffffffff7p0", "0x1.fffffffffffff8p1023", "0x1.fffffffffffff7p1023",
                 "-0x.00000000000001", "0x" + "f" * 60, "0x1p-1074", "0x1.8p-1074", "0x3p-1076", "５"]:
        yield call(1.0, "fromhex", text)
    for args in [(), (5,), ("1", "2")]:
        yield call(1.0, "fromhex", *args)


def wrong():
    receivers = ["abc", [1, 2], {1: 2}, (1, 2), range(3), 5, True, 1.5, None, slice(1, 5, 2)]
    names = BARE + ["count", "find", "index", "replace", "startswith", "join", "center", "zfill", "partition", "removeprefix", "append", "extend", "insert", "pop", "remove", "reverse",
                    "sort", "copy", "clear", "get", "keys", "values", "items", "popitem", "setdefault", "update", "fromkeys", "bit_length", "bit_count", "is_integer", "as_integer_ratio", "hex",
                    "conjugate", "indices", "nothing", "appendd"]
    for receiver in receivers:
        for name in names:
            yield call(receiver, name)
            if not hasattr(receiver, name):
                continue
            yield call(receiver, name, 1)
            yield call(receiver, name, "b")
            yield call(receiver, name, None)
            yield call(receiver, name, [1])
            yield call(receiver, name, 1, 2)
            yield call(receiver, name, "b", "c", 1, 2, 3)
            if name not in ("update",):
                yield call(receiver, name, x=1)


def containers():
    lists = [[], [1], [3, 1, 2], [1, 2, 1, 2], ["b", "a"], [1.5, 1, True], [[1], [2]], [1, "a"], [float("nan"), 1.0]]
    for receiver in lists:
        for index in [0, 1, -1, -2, 5, -5, 10**30, -(10**30), "a", 1.5, True, None]:
            yield call(receiver, "pop", index)
            yield call(receiver, "insert", index, 9)
            yield call(receiver, "index", 1, index)
        for item in [1, 2, 1.0, True, "a", [1], None, float("nan")]:
            for name in ["append", "count", "index", "remove", "extend"]:
                yield call(receiver, name, item)
            yield call(tuple(receiver), "count", item)
            yield call(tuple(receiver), "index", item)
        for item in [[7, 8], (7,), "xy", range(2), {5: 6}, receiver]:
            yield call(receiver, "extend", item)
        yield call(receiver, "sort", reverse=True)
        yield call(receiver, "sort", reverse="")
        yield call(receiver, "sort", key=None)
        yield call(receiver, "index", 2, 1, 3)
        yield call(receiver, "index", 2, -3)
        yield call(receiver, "index", 2, 0, -1)
    for receiver in [{}, {1: 2}, {"a": 1, "b": 2}, {1: [2], (1, 2): 3}]:
        for key in [1, "a", (1, 2), 1.0, [1], None]:
            for name in ["get", "pop", "setdefault"]:
                yield call(receiver, name, key)
                yield call(receiver, name, key, 9)
        for source in [{1: 5, 2: 6}, [(1, 7), ["z", 8]], [1], [(1, 2, 3)], 5, [[[], 1]], "ab", ["ab"]]:
            yield call(receiver, "update", source)
        yield call(receiver, "update", a=5)
        yield call(receiver, "update", {1: 3}, a=5)
        yield call(receiver, "fromkeys", [1, 2], 0)
        yield call(receiver, "fromkeys", "ab")
    for receiver in [range(0), range(5), range(10, 0, -3)]:
        for item in [0, 1, 4, 10, -1, 1.0, 2.5, True, "a", None, 10**30]:
            yield call(receiver, "count", item)
            yield call(receiver, "index", item)
    for receiver in [slice(None), slice(1, 5, 2), slice(None, None, -1), slice("a"), slice(0, 1, 0)]:
        for len in [0, 3, 10, -1, "a"]:
            yield call(receiver, "indices", len)


def numbers():
    for receiver in [0, 1, -1, 255, -256, 2**63, -(10**30), True]:
        for name in ["bit_length", "bit_count", "as_integer_ratio", "conjugate", "is_integer"]:
            yield call(receiver, name)
    for receiver in [0.0, -0.0, 1.0, 1.5, -0.1, 5e-324, 1e-310, 2.2250738585072014e-308, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan"), 1e22]:
        for name in ["hex", "as_integer_ratio", "conjugate", "is_integer"]:
            yield call(receiver, name)
    for receiver in [np.float64(1.5), np.int64(3), np.bool(True), np.float32(0.1)]:
        for name in ["item", "tolist", "conjugate"]:
            yield call(receiver, name)


def attributes():
    receivers = [5, True, 1.5, range(3), range(5, 0, -2), slice(1, 2), np.float64(1.5), np.int64(3), np.float32(0.5), np.bool(True), [1], "a", (1,), {}, None]
    for receiver in receivers:
        for name in ["real", "imag", "numerator", "denominator", "start", "stop", "step", "shape", "ndim", "size", "itemsize", "nbytes", "foo", "nothing"]:
            line = row("getattr", getattr, (receiver, name))
            if line is not None and not (isinstance(receiver, np.generic) and name in ("numerator", "denominator")):
                yield line


write("methods.txt", [*texts(), *tables(), *wrong(), *containers(), *numbers(), *attributes()])
