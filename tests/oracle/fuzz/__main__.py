"""Random programs under CPython and under `toy`: standard output, exit status, exception and traceback have to agree.

    tests/oracle/run fuzz [--seed S] [--count N] [--start I] [--jobs J] [--features all|NAME,NAME,…|-NAME,…]
                          [--loops] [--engines all|NAME[:HOT],…] [--against NAME]

A difference is shrunk and printed with both outputs; the exit status is 1 where there is any. Programs that `toy`
refuses by name, or that need a function that it lacks, are counted apart and never as passed. `--show` prints the
programs instead of running them.

`--loops` writes programs of some thirty small loops each, which show all their names afterwards. Each of `--engines` runs
every program: `typed:3` is `toy run --loops typed --hot 3`, `plain` is toy without these switches. `--against interpret`
compares them with that instead of CPython, so that only what an engine does differently is left.
"""

import argparse
import collections
import multiprocessing
import os
import sys
import tempfile
import time
from dataclasses import replace

import binary
import execute
from compare import compare, compare_loops, near
from generate import FEATURES, Generator, program
from loops import Loops
from shrink import one_piece, shrink

ENGINES = "interpret calls:1 calls:3 typed:1 typed:3 vector:1 vector:3 overheads:1 once:1 contiguous:1".split()

# Settings of the dial, by the names that engines have here.
DIALS = {
    "overheads": "types=each,boxes=kept,bounds=each,unroll=off",
    "once": "types=once,boxes=kept,bounds=once",
    "contiguous": "types=once,lists=contiguous",
}

options = None


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--start", type=int, default=0, help="number of the first program")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--features", default="all", help=f"of: {' '.join(FEATURES)}")
    parser.add_argument("--toy", help="env TOY, or the newest that is built")
    parser.add_argument("--carets", action="store_true", help="compare whole tracebacks, source lines and carets too")
    parser.add_argument("--loops", action="store_true", help="programs of many small loops")
    parser.add_argument("--engines", default="plain", help=f"all: {','.join(ENGINES)}; plain")
    parser.add_argument("--against", metavar="ENGINE", help="compare with this engine instead of CPython")
    parser.add_argument("--mutate", action="store_true", help="programs with a few wrong tokens: syntax errors")
    parser.add_argument("--only", help="report differences of this kind only (stdout, error, frames, crash, …)")
    parser.add_argument("--limit", type=int, default=20, help="differences that are shrunk and shown")
    parser.add_argument("--show", action="store_true")
    found = parser.parse_args()
    names = found.features.split(",")
    if found.features == "all" or names[0].startswith("-"):
        found.features = [name for name in FEATURES if "-" + name not in names]
    else:
        found.features = [name for name in names if name]
    unknown = set(found.features) - set(FEATURES) | {n[1:] for n in names if n.startswith("-")} - set(FEATURES)
    if unknown:
        parser.error(f"unknown features: {' '.join(sorted(unknown))}")
    found.engines = ENGINES if found.engines == "all" else found.engines.split(",")
    found.toy = os.path.abspath(found.toy or binary.toy())
    return found


def text_of(number):
    return program(options.seed, number, options.features, options.mutate, Loops if options.loops else Generator)


def command(engine):
    loops, _, hot = engine.partition(":")
    mode = ["--loops", "typed", "--dial", DIALS[loops]] if loops in DIALS else ["--loops", loops]
    if loops == "vector":
        # Loops are short here. Contraction changes last bits.
        mode += ["--vector-from", "2", "--fma", "off"]
    switches = [] if loops == "plain" else [*mode, *(["--hot", hot] if hot else [])]
    return [options.toy, "run", "--strict", *switches]


def oracle(source, whole=False):
    if options.against:
        return execute.toy(source, command(options.against))
    return execute.whole_oracle(source) if whole else execute.oracle(source)


def judged(source, wanted, engines):
    """What is to be said of the first engine that differs from the oracle, else of the last."""
    for engine in engines:
        got = wanted if wanted.status < 0 else execute.toy(source, command(engine))
        if engine.startswith("vector"):
            got = replace(got, out=near(wanted.out, got.out))
        verdict = (compare_loops if options.loops else compare)(wanted, got, options.carets)
        if verdict.different:
            return replace(verdict, engine=engine)
    return verdict


def judge(source, engines):
    verdict = judged(source, oracle(source), engines)
    if verdict.different:
        # A fork is faster than a process of its own, and differs from it in principle.
        verdict = judged(source, oracle(source, whole=True), engines)
    return verdict


def start_worker():
    folder = tempfile.mkdtemp(prefix="toy-fuzz-")
    os.chdir(folder)


def check(number):
    source = text_of(number)
    return number, source.count("\nstart("), judge(source, options.engines)


def explain(task):
    """The shrunk program and what both said of it."""
    number, verdict = task

    def alike(text):
        return judge(text, [verdict.engine]) == verdict

    small = shrink(one_piece(text_of(number), alike), alike)
    return number, small, oracle(small, whole=True), execute.toy(small, command(verdict.engine))


def report(number, verdict, count, small, wanted, got):
    alike = f", {count} programs alike" if count > 1 else ""
    print(f"\nDIFFERENT seed {options.seed} program {number}, {verdict.engine}: {verdict.kind}{alike}")
    print("    " + small.rstrip().replace("\n", "\n    "))
    for name, outcome in ((options.against or "CPython", wanted), ("toy", got)):
        text = outcome.out + outcome.err
        lines = text.splitlines()
        shown = lines[:20] + (["…", *lines[-6:]] if len(lines) > 26 else lines[20:])
        print(f"  {name} (exit status {outcome.status}):\n    " + "\n    ".join(line[:300] for line in shown))


def main():
    global options
    options = arguments()
    numbers = range(options.start, options.start + options.count)
    if options.show:
        for number in numbers:
            print(f"# seed {options.seed} program {number}\n{text_of(number)}")
        return True
    execute.warm_up()
    started = time.monotonic()
    kinds, reasons, loops = collections.Counter(), collections.Counter(), collections.Counter()
    different = collections.defaultdict(dict)
    with multiprocessing.get_context("fork").Pool(options.jobs, start_worker) as pool:
        for number, written, verdict in pool.imap_unordered(check, numbers, 8):
            kinds[verdict.kind] += 1
            loops["compared" if verdict.kind == "same" else f"in programs that are {verdict.kind}"] += written - len(verdict.left_out)
            loops["refused"] += len(verdict.left_out)
            reasons.update(f"loops refused: {reason}" for reason in verdict.left_out)
            if verdict.different and options.only in (None, verdict.kind):
                different[verdict.kind, verdict.reason][number] = verdict
            elif verdict.reason:
                reasons[f"{verdict.kind}: {verdict.reason}"] += 1
        groups = sorted(different.values(), key=lambda found: -len(found))[: options.limit]
        for found, (number, *outcome) in zip(groups, pool.imap(explain, [min(found.items()) for found in groups])):
            report(number, found[number], len(found), *outcome)
    for reason, count in reasons.most_common():
        print(f"{count:6} {reason}")
    if options.loops:
        print(f"loops, each on {len(options.engines)} engines: " + ", ".join(f"{count} {what}" for what, count in loops.most_common()))
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    differences = sum(count for kind, count in kinds.items() if kind not in ("same", "discarded", "refused", "missing"))
    print(f"{options.count} programs, seed {options.seed}, {time.monotonic() - started:.0f} s: {counts}")
    print(f"fuzz: {kinds['same']} passed, {differences} failed")
    return differences == 0


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
