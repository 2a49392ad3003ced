"""Writes `tests/data/exceptions.txt`: every exception class called with good and bad arguments, and its ancestors.

An exception answers with its class, `str`, `repr` and those of `ATTRIBUTES` that it has.
"""

import builtins
import io

import numpy as np

from rows import row, write

ATTRIBUTES = ["args", "characters_written", "code", "encoding", "end", "errno", "filename", "filename2", "lineno", "msg",
              "name", "name_from", "obj", "object", "path", "reason", "start", "strerror", "text", "value"]
ARGUMENTS = [(), ("told",), ("",), (1,), (None,), (("a", "b"),), (["x"],), ("a", "b"), (1, "b", None), ("two\nlines",), ({"k": 1},), (2**70,), (1.5, True)]
OF_SYSTEM = [(2,), (2, "no"), (2, None), (None, None), (2, "no", "f"), (2, "no", None), (2, "no", 3), (2, "no", "f", None), (2, "no", "f", 5), (2, "no", "f", None, "g"),
             (2, "no", None, None, "g"), (2, "no", "f", None, "g", 6), ("a", "b", "c"), (True, "b"), (2.0, "b"), (2.5, "b"), (9999, "b"), (-1, "b"), (2**70, "b"), (11, "b", 5)]
OF_UNICODE = [("utf-8", "abc\u20ac\U0001f600\x80", start, end, "r") for start, end in [(0, 1), (3, 4), (4, 5), (5, 6), (0, 6), (2, 2), (9, 10), (3, 9)]]
OF_UNICODE += [("utf-8", "abc", 0, 1), (1, "a", 0, 1, "r"), ("a", 1, 0, 1, "r"), ("a", "b", "c", 1, "r"), ("a", "b", 0, None, "r"), ("a", "b", 0, 1, 2), (None, "b", 0, 1, "r")]
KEYWORDS = [{"name": "n"}, {"name": "n", "obj": [1]}, {"path": "p"}, {"name": "n", "path": "p", "name_from": "f"}, {"msg": "m"}, {"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3, "d": 4}, {"name": None}]
CLASSES = {name: value for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)}
for name in ["BaseExceptionGroup", "ExceptionGroup", "_IncompleteInputError"]:
    del CLASSES[name]


def shown(name):
    def construct(*args, **keywords):
        error = CLASSES[name](*args, **keywords)
        attributes = {attribute: getattr(error, attribute) for attribute in ATTRIBUTES if hasattr(error, attribute)}
        return type(error).__name__, str(error), repr(error), attributes

    return construct


def calls():
    for name in CLASSES:
        # The place of a syntax error is refused.
        for args in ARGUMENTS:
            if not (issubclass(CLASSES[name], SyntaxError) and len(args) == 2):
                yield row(name, shown(name), args)
        for keywords in KEYWORDS:
            yield row(name, shown(name), ("told",), keywords)
    for errno in range(140):
        yield row("OSError", shown("OSError"), (errno, "told"))
    for name in ["OSError", "FileNotFoundError", "BlockingIOError"]:
        for args in OF_SYSTEM:
            yield row(name, shown(name), args)
    for args in OF_UNICODE:
        yield row("UnicodeEncodeError", shown("UnicodeEncodeError"), args)
        yield row("UnicodeTranslateError", shown("UnicodeTranslateError"), args[1:])
        yield row("UnicodeDecodeError", shown("UnicodeDecodeError"), args)


def ancestors():
    for name, kind in {**CLASSES, "AxisError": np.exceptions.AxisError, "UnsupportedOperation": io.UnsupportedOperation}.items():
        known = {ancestor.__name__ for ancestor in kind.__mro__ if issubclass(ancestor, BaseException)}
        yield row("ancestors", lambda _: sorted(known), (name,))


write("exceptions.txt", [*calls(), *ancestors()])
