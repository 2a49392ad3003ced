"""The worker's side of the protocol that kernels.toy describes, for the peers that are Python libraries.

A peer says for each of its offers (a kernel's name, or `KERNEL/IMPLEMENTATION` where it has several) what a user
writes on the right of `r =`. The loop around it is the same text as in kernels.toy: nothing is called in between.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np

from kernels import load_script

LOOP = """\
def loop(calls, {names}):
    start = perf_counter()
    for _ in range(calls):
        r = {expression}
    return perf_counter() - start, r
"""


@dataclass
class Call:
    """An expression over some names, what the names stand for, and what its answer is if not `r` itself."""

    expression: str
    names: dict[str, Any]
    answer: Callable[[Any], Any] = field(default=lambda r: r)

    def compiled(self) -> Callable[[int], tuple[float, Any]]:
        scope: dict[str, Any] = {"perf_counter": perf_counter}
        exec(LOOP.format(names=", ".join(self.names), expression=self.expression), scope)
        loop, values = scope["loop"], tuple(self.names.values())
        return lambda calls: loop(calls, *values)


# From the name of a dtype and the inputs of a kernel, as kernels.toy makes them.
Offer = Callable[[str, list[np.ndarray]], Call]


class Server:
    def __init__(self, offers: dict[str, Offer]) -> None:
        self.script = load_script()
        self.offers = offers
        self.inputs: dict[tuple[str, str, int], list[np.ndarray]] = {}
        self.calls: dict[tuple[str, str, int], tuple[Call, Callable[[int], tuple[float, Any]]]] = {}

    def call(self, offer: str, dtype: str, n: int) -> tuple[Call, Callable[[int], tuple[float, Any]]]:
        key = (offer, dtype, n)
        if key not in self.calls:
            make, _ = self.script.KERNELS[offer.split("/")[0]]
            place = (make.__name__, dtype, n)
            if place not in self.inputs:
                self.inputs[place] = make(n, self.script.DTYPES[dtype])
            call = self.offers[offer](dtype, self.inputs[place])
            self.calls[key] = call, call.compiled()
        return self.calls[key]

    def answer(self, request: list[str]) -> str:
        if request[0] == "forget":
            self.calls.clear()
            self.inputs.clear()
            gc.collect()
            return ""
        call, loop = self.call(request[1], request[2], int(request[3]))
        if request[0] == "first":
            seconds, r = loop(1)
            return f"{seconds!r} {self.script.words(self.script.digest(call.answer(r)))}"
        calls = int(request[4])
        return self.script.words([loop(calls)[0] / calls for _ in range(int(request[5]))])


def threads() -> int:
    """How many threads the driver wants of this worker."""
    return int(os.environ["PEERS_THREADS"])


def serve(offers: dict[str, Offer], about: dict[str, str]) -> None:
    """Answers requests until standard input ends. What libraries print goes to standard error."""
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    server = Server(offers)
    print("about", json.dumps(about), file=replies)
    print("ready", *offers, file=replies)
    for line in sys.stdin:
        try:
            print("ok", server.answer(line.split()), file=replies)
        except Exception as error:  # A library may raise anything; the driver reports it and goes on.
            print("error", type(error).__name__, str(error).replace("\n", " ")[:500], file=replies)
