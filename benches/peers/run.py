#!/usr/bin/env python3
"""`toy` beside the libraries that do the same: NumPy, numexpr, Numba, JAX, Pythran, and C by gcc.

    cargo build --release && python3 benches/peers/run.py [--quick] [--markdown] [--json FILE] [--toy PATH]

Makes a virtual environment under target/ with the exact versions of requirements.txt (this needs network, once), starts
one worker process for each peer, and asks them in turns: each round asks, for each kernel, dtype and size, every peer
in an order that is drawn anew. A time is seconds for one call, in a loop `r = EXPRESSION` that is the same text for
all; toy and NumPy even run the same file, kernels.toy. The tables give the least over all rounds, and the median in
parentheses. Where a peer has several implementations (Numba's modes; numexpr's sums), its fastest stands in the table,
each of them in the JSON. A peer that cannot be installed or started is left out, and said so.

What is compared, and what is not:

- Every answer is compared with NumPy's in float64, on the same inputs; a wrong one is reported and not timed. The
  tolerance is eps times 16 or the square root of the number of terms, whichever is larger, times the terms of a sum
  (kernels.py): a float32 sum of 10^7 terms in one accumulator can miss it, since its errors are not random any more.
- Each call's result is kept until the next one's replaces it, so that all pay for the memory of their results. C does
  not: it fills an array that was there before, as does the column `numba-out`. Both are references, not contenders:
  they do not count as the fastest peer.
- C is called through ctypes: at n = 1000, its time is mostly that of the call. In the column `c-loop` the loop over the
  calls is C's as well.
- JAX's operands are device arrays, and each call is waited for. The call that compiles is in a table of its own.
- A product of matrices is BLAS in NumPy and Numba, and left out where it would be someone's BLAS again (C, Pythran) or
  is not there (numexpr).
- Elementwise NumPy is single-threaded at any number of threads; so are numexpr's sums.
- The workers keep their inputs, about 0.4 GB each with n = 10^7.

`--quick` takes fewer sizes, rounds and modes of Numba. `--check` asks for answers only, at small sizes: exit status 1
if one is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import environment

ROOT = environment.ROOT
HERE = Path(__file__).resolve().parent
PEERS = ("toy", "numpy", "numexpr", "numba", "jax", "pythran", "c")
DTYPES = ("float32", "float64")
SIZES = (10**3, 10**4, 10**5, 10**6, 10**7)
QUICK_SIZES = (10**3, 10**5, 10**6)
ROUNDS, QUICK_ROUNDS = 10, 3


def words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def sizes(text: str) -> list[int]:
    return [int(float(word)) for word in words(text)]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--toy", type=Path, default=ROOT / "target/release/toy", help="the binary that is measured")
    parser.add_argument("--peers", type=words, default=list(PEERS), help=f"some of {','.join(PEERS)}")
    parser.add_argument("--kernels", type=words, default=list("GSPNDWMJ"), help="some of G,S,P,N,D,W,M,J")
    parser.add_argument("--dtypes", type=words, default=list(DTYPES))
    parser.add_argument("--sizes", type=sizes, help="numbers of elements, such as 1000,1e6 (M and J have their own)")
    parser.add_argument("--threads", type=sizes, default=[1, 2], help="numbers of threads, such as 1,2")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true", help="fewer sizes and rounds: two minutes")
    parser.add_argument("--check", action="store_true", help="answers only, at small sizes")
    parser.add_argument("--json", type=Path, help="write every number here as well")
    parser.add_argument("--render", type=Path, metavar="JSON", help="print what an earlier run wrote, measure nothing")
    parser.add_argument("--markdown", action="store_true", help="tables in Markdown")
    options = parser.parse_args()
    for name, known in (("peers", PEERS), ("kernels", "GSPNDWMJ"), ("dtypes", DTYPES)):
        if unknown := [word for word in getattr(options, name) if word not in known]:
            parser.error(f"--{name}: there is no {', '.join(unknown)}")
    options.rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    options.sizes = options.sizes or (QUICK_SIZES if options.quick else SIZES)
    options.toy = options.toy.resolve()
    return options


def commands(options: argparse.Namespace, threads: int) -> dict[str, list[str]]:
    script = str(HERE / "kernels.toy")
    special = {
        "toy": [str(options.toy), "run", "--threads", str(threads), script],
        "numpy": [sys.executable, script],
    }
    return {peer: special.get(peer, [sys.executable, str(HERE / f"peer_{peer}.py")]) for peer in options.peers}


def main() -> int:
    options = parse()
    environment.enter()
    sys.path.append(str(HERE.parent))
    import report  # These need NumPy, which is in the environment.
    import session

    if options.render:
        results = json.loads(options.render.read_text())
    else:
        if "toy" in options.peers and not options.toy.exists():
            sys.exit(f"peers: there is no {options.toy}: cargo build --release, or --toy PATH")
        results = session.run(options, lambda threads: commands(options, threads))
    if options.check:
        print(f"{results['right']} right answers, {results['wrong']} wrong")
        return 1 if results["wrong"] else 0
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    print(report.render(results, options.markdown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
