"""A program's port in C: gcc_program.py FILE.c SAMPLES ARGUMENTS... becomes the program, which gcc makes once."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from peers.build import product  # noqa: E402

FLAGS = ["-O2", "-Wall", "-Wextra", "-Wno-unused-parameter"]


def main() -> None:
    source, *arguments = sys.argv[1:]
    path = Path(source)
    version = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True).stdout.strip()
    command = ["gcc", *FLAGS, "-o", path.stem, str(path), "-lm"]
    sources = [path, path.with_name("program.h")]
    try:
        folder, _ = product(f"loops-{path.stem}", sources, command, f"{version} {platform.machine()}", [path.stem])
    except RuntimeError as error:
        sys.exit(str(error))
    binary = str(folder / path.stem)
    os.execv(binary, [binary, *arguments])


if __name__ == "__main__":
    main()
