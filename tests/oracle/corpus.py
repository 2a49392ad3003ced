"""Writes and checks the expected outputs of the corpus; called by `tests/oracle/run`.

For a program NAME.toy, NAME.out is what it prints. A program of tests/corpus/errors also has NAME.err: its traceback,
less the frames of NumPy's own functions. What programs/NAME.toy prints is in tests/corpus/programs/NAME.out. All
programs run from the root of the repository.
"""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import binary

CORPUS = Path("tests/corpus")
# What NumPy says of itself. Its private classes are subclasses of these; `toy` names the built-in one.
PRIVATE = [
    (r"^numpy\._core\._exceptions\._UFunc\w+Error\b", "TypeError"),
    (r"^numpy\._core\._exceptions\._ArrayMemoryError\b", "MemoryError"),
    (r"^TypeError: float\(\) argument must be .*\n\nThe above exception was the direct cause of .*\n\n", ""),
    (r"^ValueError: could not convert string to .*\n\nThe above exception was the direct cause of .*\n\n", ""),
]
# What an older CPython, the fallback of `tests/oracle/run check`, cannot run or says differently.
NEEDS_3_12 = {
    "tests/corpus/builtins/sum_min_max_abs.toy": "sum of floats is compensated",
    "tests/corpus/floats/accumulate.toy": "sum of floats is compensated",
    "tests/corpus/fstrings/nested.toy": "quotes inside the fields of f-strings",
    "tests/corpus/errors/max_empty.toy": "wording",
    "tests/corpus/errors/min_empty.toy": "wording",
}
NEEDS_3_13 = {
    "tests/corpus/errors/modulo_by_zero_float.toy": "wording",
    "tests/corpus/errors/print_keyword.toy": "wording",
    "tests/corpus/errors/slice_assign_int.toy": "wording",
}


def all_programs():
    """Every program, with the path of its expected outputs less the suffix."""
    found = [(p, CORPUS / p.with_suffix("")) for p in sorted(Path("programs").rglob("*.toy"))]
    return found + [(p, p.with_suffix("")) for p in sorted(CORPUS.rglob("*.toy"))]


def programs(filter_):
    """Those whose path contains the filter and that this CPython can judge."""
    skipped = NEEDS_3_13 if sys.version_info < (3, 13) else {}
    skipped = skipped | (NEEDS_3_12 if sys.version_info < (3, 12) else {})
    chosen = [(p, stem) for p, stem in all_programs() if filter_ in str(p)]
    for program in [p for p, _ in chosen if str(p) in skipped]:
        print(f"not checked with this CPython: {program}: {skipped[str(program)]}")
    return [(p, stem) for p, stem in chosen if str(p) not in skipped]


def execute(command, program):
    """Standard output, and the traceback or None where the exit status is 0."""
    run = subprocess.run([*command, str(program)], stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
    out, err = run.stdout.decode(), run.stderr.decode()
    if run.returncode == 0:
        return out, None
    if run.returncode != 1:
        return out, f"exit status {run.returncode}\n{err}"
    return out, traceback(err, program)


def traceback(err, program):
    """The traceback with the frames of the program alone."""
    err = err.replace(f"{os.getcwd()}{os.sep}", "")
    frame = re.compile(r'^  File "(.*)", line .*\n(?:    .*\n)*', re.M)
    err = frame.sub(lambda match: match[0] if match[1] == str(program) else "", err)
    for pattern, instead in PRIVATE:
        err = re.sub(pattern, instead, err, flags=re.M)
    return err


def expected(stem):
    def read(suffix):
        path = stem.with_suffix(suffix)
        return path.read_bytes().decode() if path.exists() else None

    return read(".out") or "", read(".err")


def bound(program):
    """The relative bound of `# inexact: BOUND` in the first line, or None: every token is exact."""
    first = program.read_bytes().decode("utf-8-sig").partition("\n")[0]
    marker = re.match(r"# inexact: (\S+)", first)
    return float(marker[1]) if marker else None


def same(a, b, tolerance):
    if a == b or tolerance is None or a is None or b is None:
        return a == b
    left, right = (re.split(r"[\s\[\](),]+", text) for text in (a, b))
    return len(left) == len(right) and all(map(lambda x, y: x == y or close(x, y, tolerance), left, right))


def close(x, y, tolerance):
    try:
        x, y = float(x), float(y)
    except ValueError:
        return False
    return abs(x - y) <= tolerance * max(abs(x), abs(y))


def report(program, wanted, got):
    """The first differing line of standard output, and of the error what was said."""
    print(f"DIFFERENT {program}")
    if wanted[1] != got[1]:
        for name, error in (("expected: ", wanted[1]), ("got:      ", got[1])):
            print(f"  {name}{(error or 'no error').strip()}".replace("\n", " | "))
    for name, a, b in [("stdout", wanted[0], got[0])]:
        if a == b:
            continue
        a, b = a.splitlines(), b.splitlines()
        for i in range(max(len(a), len(b))):
            x, y = (lines[i] if i < len(lines) else "(nothing)" for lines in (a, b))
            if x != y:
                print(f"  {name}, line {i + 1}\n    expected: {x[:200]}\n    got:      {y[:200]}")
                break


def compare(command, filter_, what):
    chosen = programs(filter_)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda item: execute(command, item[0]), chosen))
    failed = 0
    for (program, stem), got in zip(chosen, results):
        wanted, tolerance = expected(stem), bound(program)
        if not (same(wanted[0], got[0], tolerance) and same(wanted[1], got[1], None)):
            report(program, wanted, got)
            failed += 1
    known = {stem for _, stem in all_programs()}
    for path in [*CORPUS.rglob("*.out"), *CORPUS.rglob("*.err")]:
        if path.with_suffix("") not in known:
            print(f"STALE {path}: no such program")
            failed += 1
    print(f"{what}: {len(chosen) - failed} passed, {failed} failed")
    return failed == 0 and bool(chosen)


def regenerate(filter_):
    chosen = programs(filter_)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda item: execute([sys.executable], item[0]), chosen))
    for (program, stem), (out, err) in zip(chosen, results):
        wants_error = program.parent.name == "errors"
        if (err is not None) != wants_error:
            sys.exit(f"{program}: {'no error' if wants_error else err}")
        for suffix, text in ((".out", None if wants_error and not out else out), (".err", err)):
            path = stem.with_suffix(suffix)
            if text is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode())
            elif path.exists():
                path.unlink()
    print(f"regenerated {len(chosen)} programs with CPython {sys.version.split()[0]}")
    return True


def main(what, filter_=""):
    match what:
        case "regenerate":
            return regenerate(filter_)
        case "check":
            return compare([sys.executable], filter_, "oracle")
        case "toy":
            return compare([binary.toy(), "run", "--fma", "off"], filter_, "toy")


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
