"""What two runs of a program are compared by."""

import builtins
import math
import re
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from corpus import PRIVATE

FRAME = re.compile(r'  File ".*\bfuzz\.toy", line (\d+), in (.*)')
REFUSED = re.compile(r"(NotImplementedError: )?toy (does not|has no|folds|counts) [^\n]*|NotImplementedError: [^\n]*")
LOOP = re.compile(r"^(?=loop \d+$)", re.MULTILINE)
MISSING = re.compile(
    r"NameError: name '(?P<name>\w+)' is not defined|"
    r"NameError\(\"name '(?P<quoted>\w+)' is not defined\"\)|"
    r"(?P<attribute>'[\w.]+' object has no attribute '\w+')|"
    r"(?P<module>module '\w+' has no attribute '\w+')|"
    r"(?P<type>type object '\w+' has no attribute '\w+')"
)


@dataclass
class Verdict:
    """`kind` is `same`, `discarded`, `refused` and `missing` (with the reason), or the name of what differs.
    `left_out` has the reasons for which loops of the program were not compared."""

    kind: str
    reason: str = ""
    engine: str = ""
    left_out: list = field(default_factory=list, compare=False)

    @property
    def different(self):
        return self.kind not in ("same", "discarded", "refused", "missing")


def normalise(text):
    text = re.sub(r" at 0x[0-9a-fA-F]+", " at 0x…", text)
    text = re.sub(r"<module '(\w+)' [^>]*>", r"<module '\1' …>", text)
    text = re.sub(r'File "[^"]*/(?=fuzz\.toy")', 'File "', text)
    for pattern, name in PRIVATE:
        text = re.sub(pattern, name, text, flags=re.MULTILINE)
    return text


def digest(err):
    """Frames by line and function, exceptions, and the sentences between chained tracebacks."""
    rendered = re.match(r"(\w+: .*)\n\s*--> .*?:(\d+):\d+", err)
    if rendered:
        return [f"line {rendered[2]}", rendered[1]]
    found = []
    for line in err.splitlines():
        frame = FRAME.match(line)
        syntax = re.match(r'  File ".*", line (\d+)$', line)
        if frame:
            found.append(f"line {frame[1]} in {frame[2]}")
        elif syntax:
            found.append(f"line {syntax[1]}")
        elif line.startswith("  [Previous line") or line and not line.startswith(" "):
            found.append(line.rstrip())
    return found


def without_hints(lines):
    return [re.sub(r"\. Did you (mean|forget)[^?]*\?$", "", line) for line in lines]


def is_syntax_error(lines):
    return bool(lines) and re.match(r"(SyntaxError|IndentationError|TabError): ", lines[-1]) is not None


def is_frame(line):
    return re.match(r"line \d+|  \[Previous", line) is not None


def compare(wanted, got, carets=False):
    if wanted.status < 0 or wanted.status == 99 or re.search("MemoryError|File too large", wanted.out + wanted.err):
        return Verdict("discarded")
    if got.status == -24:
        return Verdict("timeout")
    if got.status < 0 or "panicked at" in got.err:
        return Verdict("crash", f"status {got.status}")
    reason = refusal(got.err) or refusal(got.out)
    if reason:
        return Verdict("refused", reason)
    a, b = normalise(wanted.out), normalise(got.out)
    x, y = digest(normalise(wanted.err)), digest(normalise(got.err))
    if a == b and x == y and wanted.status == got.status:
        if carets and normalise(wanted.err) != normalise(got.err) and not got.err.startswith("SyntaxError"):
            return Verdict("carets", f"{first_difference(normalise(wanted.err), normalise(got.err))}: {shape(x[-1])}")
        return Verdict("same")
    reason = missing(got.out + got.err, wanted.out + wanted.err)
    if reason:
        return Verdict("missing", reason)
    if is_syntax_error(x) and not is_syntax_error(y):
        return Verdict("accepted", shape(x[-1]))
    if is_syntax_error(y) and not is_syntax_error(x):
        return Verdict("rejected", shape(y[-1]))
    if is_syntax_error(x) and x != y:
        return Verdict("syntax", f"{shape(x[-1])} | {shape(y[-1])}")
    if a != b and sorted(a) == sorted(b) and re.search(r"<class|<built-in|<function| at 0x|\bnan\b", a):
        return Verdict("discarded", "an order by addresses (which NaN is hashed by, too)")
    if a != b:
        return Verdict("stdout", first_difference(a, b))
    if wanted.status != got.status:
        return Verdict("status", f"{wanted.status} {got.status}")
    if without_hints(x) == without_hints(y):
        return Verdict("hint")
    exceptions = [[line for line in lines if not is_frame(line)] for lines in (x, y)]
    if exceptions[0] != exceptions[1]:
        return Verdict("error", first_difference(*map("\n".join, exceptions)))
    return Verdict("frames")


def refusal(text):
    """What `toy` says there that it lacks."""
    found = REFUSED.search(text)
    return found and re.split(r"['\"][),]|$", re.sub(r"^.*?(toy|Error:) ", "", found[0]))[0]


FLOAT = re.compile(r"(?<![\w.])-?\d+(?:\.\d*(?:e[-+]?\d+)?|e[-+]?\d+)")


def compare_loops(wanted, got, carets=False):
    """As `compare`, less the loops that `toy` refuses, and those that an uncaught refusal keeps from running."""
    loops = [LOOP.split(outcome.out) for outcome in (wanted, got)]
    left_out, ended = [], refusal(got.err)
    if ended:
        ran = max(len(loops[1]) - 1, 1)
        left_out = [ended] * (len(loops[0]) - ran)
        loops = [sections[:ran] for sections in loops]
        wanted, got = replace(wanted, err="", status=0), replace(got, err="", status=0)
    reasons = [refusal(section) for section in loops[1]]
    left_out += [reason for reason in reasons if reason]
    wanted_out, got_out = (
        "".join(section for section, reason in zip_longest(sections, reasons, fillvalue="") if not reason) for sections in loops
    )
    return replace(compare(replace(wanted, out=wanted_out), replace(got, out=got_out), carets), left_out=left_out)


def near(wanted, got):
    """`got` with the floats of `wanted` where those of both are close: sums may be added up in another order."""
    floats = FLOAT.findall(wanted)
    if len(floats) != len(FLOAT.findall(got)):
        return got
    rest = iter(floats)

    def closest(match):
        other = next(rest)
        return other if math.isclose(float(other), float(match[0]), rel_tol=1e-9, abs_tol=1e-9) else match[0]

    return FLOAT.sub(closest, got)


def missing(got, wanted):
    """The built-in, method or module's function that toy lacks, where that is what it said and CPython did not."""
    for match in MISSING.finditer(got):
        if match[0] in wanted:
            continue
        name = match["name"] or match["quoted"]
        if name is None or hasattr(builtins, name):
            return name or match["attribute"] or match["module"] or match["type"]
    return None


def first_difference(a, b):
    """The kind of the first lines that differ: what many programs may have in common."""
    lines = a.splitlines() + ["(nothing)"], b.splitlines() + ["(nothing)"]
    for x, y in zip(*lines):
        if x != y:
            return f"{shape(x)} | {shape(y)}"
    return "(length)"


def shape(line):
    return re.sub(r"'[^']*'|\"[^\"]*\"|[-\d.]+|[^\x00-\x7f]", "_", line)[:60]
