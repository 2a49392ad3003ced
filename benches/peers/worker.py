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
from dataclasses import dataclass
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

# For an expression that makes the calls itself.
NO_LOOP = """\
def loop(calls, {names}):
    start = perf_counter()
    r = {expression}
    return perf_counter() - start, r
"""

Loop = Callable[[int], tuple[float, Any]]


@dataclass
class Call:
    """An expression over some names, and what the names stand for."""

    expression: str
    names: dict[str, Any]
    # The array that is compared, where it is not the expression's value.
    answer: Callable[[Any], Any] = lambda r: r
    # What the very first call says instead, where a library has another word for it.
    first: str | None = None
    # Done before each loop, untimed.
    before: Callable[[], Any] = lambda: None
    template: str = LOOP

    def loop(self, expression: str) -> Loop:
        scope: dict[str, Any] = {"perf_counter": perf_counter}
        exec(self.template.format(names=", ".join(self.names), expression=expression), scope)
        compiled, values = scope["loop"], tuple(self.names.values())
        return lambda calls: compiled(calls, *values)


# From the name of a dtype and the inputs of a kernel, as kernels.toy makes them.
Offer = Callable[[str, list[np.ndarray]], Call]


class Server:
    def __init__(self, offers: dict[str, Offer]) -> None:
        self.script = load_script()
        self.offers = offers
        self.inputs: dict[tuple[str, str, int], list[np.ndarray]] = {}
        self.calls: dict[tuple[str, str, int], tuple[Call, Loop]] = {}

    def call(self, offer: str, dtype: str, n: int) -> tuple[Call, Loop]:
        key = (offer, dtype, n)
        if key not in self.calls:
            make, _ = self.script.KERNELS[offer.split("/")[0]]
            place = (make.__name__, dtype, n)
            if place not in self.inputs:
                self.inputs[place] = make(n, self.script.DTYPES[dtype])
            call = self.offers[offer](dtype, self.inputs[place])
            self.calls[key] = call, call.loop(call.expression)
        return self.calls[key]

    def answer(self, request: list[str]) -> str:
        if request[0] == "forget":
            self.calls.clear()
            self.inputs.clear()
            gc.collect()
            return ""
        call, loop = self.call(request[1], request[2], int(request[3]))
        if request[0] == "first":
            seconds, r = call.loop(call.first or call.expression)(1)
            return f"{seconds!r} {self.script.words(self.script.digest(call.answer(r)))}"
        calls = int(request[4])
        call.before()
        return self.script.words([loop(calls)[0] / calls for _ in range(int(request[5]))])


def threads() -> int:
    """How many threads the driver wants of this worker."""
    return int(os.environ["PEERS_THREADS"])


def quick() -> bool:
    """Whether the driver is in a hurry: a peer may leave out what takes long to compile and seldom wins."""
    return os.environ.get("PEERS_QUICK") == "1"


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
