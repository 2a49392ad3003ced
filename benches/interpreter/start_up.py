"""The time from the start of a process to its first output, taken from outside."""

from __future__ import annotations

import os
import random
import shutil
import sys
from time import perf_counter

from contenders import Contender
from programs import FIRST_OUTPUT, FOLDER
from turns import ENVIRONMENT, Failed


def first_output(arguments: list[str]) -> float:
    """Seconds from the start of the process to the first byte on its standard output. Raises Failed."""
    read, write = os.pipe()
    with open(read, "rb", buffering=0) as output:
        to_pipe = [(os.POSIX_SPAWN_DUP2, write, 1)]
        try:
            start = perf_counter()
            process = os.posix_spawn(arguments[0], arguments, ENVIRONMENT, file_actions=to_pipe)
        finally:
            os.close(write)
        said = output.read(1)
        seconds = perf_counter() - start
        said += output.read()
    _, status = os.waitpid(process, 0)
    if said != b"1\n" or status != 0:
        raise Failed(f"status {status}, output {said!r}")
    return seconds


def start_up(contenders: list[Contender], runs: int) -> dict[str, list[float]]:
    """Seconds to the first output of `print(1)` by each contender, in turns; without those that fail."""
    seen: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for number in range(runs + 1):
        order = [contender for contender in contenders if contender.name in seen]
        random.Random(number).shuffle(order)
        for contender in order:
            executable = shutil.which(contender.command[0])
            script = str(FOLDER / (FIRST_OUTPUT + contender.suffix))
            try:
                seconds = first_output([executable, *contender.command[1:], script])
            except (OSError, Failed) as error:
                print(f"interpreter: {contender.name}: start-up: {error}", file=sys.stderr)
                del seen[contender.name]
                continue
            # The first one of all finds its files on the disk, not in memory.
            if number > 0:
                seen[contender.name].append(seconds)
    return seen
