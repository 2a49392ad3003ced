"""Writes what CPython 3.13 says of each snippet of tests/syntax/errors.txt into that file.

    python3.13 tests/oracle/syntax_errors.py [--check]

A block is a snippet, then `--- python` and CPython's answer (`ok`, or `line:column Class: message`), then, where toy
answers differently on purpose, `--- toy` and its answer. `\t` and `\f` in a snippet stand for those characters.
"""

import pathlib
import sys
import warnings

FILE = pathlib.Path(__file__).parent.parent / "syntax" / "errors.txt"


def answer(snippet):
    text = snippet.replace("\\t", "\t").replace("\\f", "\f")
    try:
        compile(text, "test.toy", "exec", dont_inherit=True)
    except UnicodeDecodeError as error:  # a slip of CPython, for a format specification
        return f"{type(error).__name__}: {error}"
    except SyntaxError as error:
        return f"{error.lineno}:{error.offset} {type(error).__name__}: {error.msg}"
    return "ok"


def main():
    assert sys.version_info[:2] == (3, 13), "the oracle is CPython 3.13"
    warnings.simplefilter("ignore")
    blocks = []
    for block in FILE.read_text().removeprefix("=== \n").split("\n===\n"):
        snippet, _, rest = block.rstrip("\n").partition("\n--- python\n")
        toy = rest.partition("--- toy\n")[2]
        blocks.append(f"{snippet}\n--- python\n{answer(snippet)}" + (f"\n--- toy\n{toy}" if toy else ""))
    text = "\n===\n".join(blocks) + "\n"
    if "--check" in sys.argv:
        sys.exit(text != FILE.read_text())
    FILE.write_text(text)


if __name__ == "__main__":
    main()
