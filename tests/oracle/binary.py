"""Which `toy` is asked: env TOY, else the newest that is built here."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def toy():
    """Its absolute path; leaves the program where there is none."""
    built = [path for kind in ("release", "debug") if (path := ROOT / "target" / kind / "toy").exists()]
    named = os.environ.get("TOY")
    if not named and not built:
        sys.exit("no target/release/toy or target/debug/toy: cargo build comes first")
    return str(ROOT / (named or max(built, key=lambda path: path.stat().st_mtime)))
