"""Writes `src/unicode/table.rs`: what CPython's Unicode database says of every character, as runs of equal properties.

`tests/data/unicode_case.txt` has every character that has another form in some case, and that form.
"""

import os
import unicodedata

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TABLE = os.path.join(ROOT, "src", "unicode", "table.rs")
FORMS = os.path.join(ROOT, "tests", "data", "unicode_case.txt")
NAMES = ["ALPHA", "DECIMAL", "DIGIT", "NUMERIC", "LOWER", "UPPER", "TITLE", "PRINTABLE", "SPACE", "ID_START", "ID_CONTINUE", "CASED", "CASE_IGNORABLE"]


def properties(c):
    # Whether a character has case shows in a title, whether it counts for the end of a word in the form of a sigma.
    cased = (c + "a").title()[-1] == "a"
    skipped = ("a" + c + "Σ").lower()[-1] == "ς" and ("1" + c + "Σ").lower()[-1] != "ς"
    return (c.isalpha(), c.isdecimal(), c.isdigit(), c.isnumeric(), c.islower(), c.isupper(), unicodedata.category(c) == "Lt", c.isprintable(), c.isspace(), c.isidentifier(),
            ("a" + c).isidentifier(), cased, skipped)


def runs():
    before = None
    for code in range(0x110000):
        flags = sum(bit << at for at, bit in enumerate(properties(chr(code))))
        if flags != before:
            yield code, flags
        before = flags


def lines(words, width):
    for at in range(0, len(words), width):
        yield "    " + " ".join(f"{word}," for word in words[at:at + width])


found = list(runs())
sets = sorted({flags for _, flags in found})
out = [f"//! What Unicode {unicodedata.unidata_version} says of characters. Written by `tests/oracle/unicode_table.py`.", ""]
for at, name in enumerate(NAMES):
    out.append(f"pub const {name}: u16 = 1 << {at};")
out += ["", "/// The sets of properties that characters have.", "#[rustfmt::skip]", f"pub static SETS: [u16; {len(sets)}] = [", *lines([f"{flags:#06x}" for flags in sets], 14), "];"]
out += ["", "/// Runs of characters with the same properties: the first one's code, then eight bits for the index of their set.", "#[rustfmt::skip]",
        f"pub static RUNS: [u32; {len(found)}] = [", *lines([f"{code << 8 | sets.index(flags):#x}" for code, flags in found], 10), "];"]
with open(TABLE, "w", encoding="utf-8") as file:
    file.write("\n".join(out) + "\n")
print(f"unicode/table.rs: {len(found)} runs, {len(sets)} sets")

with open(FORMS, "w", encoding="utf-8") as file:
    for name in ["lower", "upper", "title", "casefold"]:
        for code in range(0x110000):
            form = getattr(chr(code), name)()
            if form != chr(code):
                file.write(" ".join([name, f"{code:x}", *(f"{ord(c):x}" for c in form)]) + "\n")
