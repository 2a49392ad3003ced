"""Random programs under CPython and under `toy`: standard output, exit status, exception and traceback have to agree.

    tests/oracle/run fuzz [--seed S] [--count N] [--start I] [--jobs J] [--features all|NAME,NAME,…|-NAME,…]

A difference is shrunk and printed with both outputs; the exit status is 1 where there is any. Programs that `toy`
refuses by name, or that need a function that it lacks, are counted apart and never as passed. `--show` prints the
programs instead of running them.
"""

import argparse
import collections
import multiprocessing
import os
import sys
import tempfile
import time

import binary
import execute
from compare import compare
from generate import FEATURES, program
from shrink import shrink

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
    found.command = [os.path.abspath(found.toy or binary.toy()), "run", "--strict"]
    return found


def both(source, whole=False):
    wanted = (execute.whole_oracle if whole else execute.oracle)(source)
    if wanted.status < 0:
        return wanted, wanted
    return wanted, execute.toy(source, options.command)


def judge(source):
    verdict = compare(*both(source), options.carets)
    if verdict.different:
        # A fork is faster than a process of its own, and differs from it in principle.
        verdict = compare(*both(source, whole=True), options.carets)
    return verdict


def start_worker():
    folder = tempfile.mkdtemp(prefix="toy-fuzz-")
    os.chdir(folder)


def check(number):
    source = program(options.seed, number, options.features, options.mutate)
    return number, judge(source)


def explain(task):
    """The shrunk program and what both said of it."""
    number, kind = task
    source = program(options.seed, number, options.features, options.mutate)
    small = shrink(source, lambda text: judge(text).kind == kind)
    wanted, got = both(small, whole=True)
    return number, small, wanted, got


def report(number, kind, count, small, wanted, got):
    print(f"\nDIFFERENT seed {options.seed} program {number}: {kind}" + (f", {count} programs alike" if count > 1 else ""))
    print("    " + small.rstrip().replace("\n", "\n    "))
    for name, outcome in (("CPython", wanted), ("toy", got)):
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
            print(f"# seed {options.seed} program {number}\n{program(options.seed, number, options.features, options.mutate)}")
        return True
    execute.warm_up()
    started = time.monotonic()
    kinds, reasons, different = collections.Counter(), collections.Counter(), collections.defaultdict(list)
    with multiprocessing.get_context("fork").Pool(options.jobs, start_worker) as pool:
        for number, verdict in pool.imap_unordered(check, numbers, 8):
            kinds[verdict.kind] += 1
            if verdict.different and options.only in (None, verdict.kind):
                different[verdict.kind, verdict.reason].append(number)
            elif verdict.reason:
                reasons[f"{verdict.kind}: {verdict.reason}"] += 1
        groups = sorted(different.items(), key=lambda item: -len(item[1]))[: options.limit]
        chosen = [(min(found), kind) for (kind, _), found in groups]
        for (number, small, wanted, got), ((kind, _), found) in zip(pool.imap(explain, chosen), groups):
            report(number, kind, len(found), small, wanted, got)
    for reason, count in reasons.most_common():
        print(f"{count:6} {reason}")
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    differences = sum(count for kind, count in kinds.items() if kind not in ("same", "discarded", "refused", "missing"))
    print(f"{options.count} programs, seed {options.seed}, {time.monotonic() - started:.0f} s: {counts}")
    print(f"fuzz: {kinds['same']} passed, {differences} failed")
    return differences == 0


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
