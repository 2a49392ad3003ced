"""One worker process for each peer, asked in turns: what slows the machine for a while slows all of them.

A round asks, for each cell (kernel, dtype, n), every worker in an order that is drawn anew. A request is a few batches
of calls; the first of them, which find the caches full of another process's data, warm up and are not counted. A
last-level cache takes some ten passes over data of its size until it keeps them: fast and slow get as many.
"""

from __future__ import annotations

import math
import os
import random
import selectors
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from json import loads
from pathlib import Path
from time import monotonic, sleep

HERE = Path(__file__).resolve().parent
LOGS = HERE.parents[1] / "target" / "peers" / "logs"

# Batches aim at this many seconds, far above the clock's grain and far below a scheduler's time slices.
BATCH = 1e-3
# Calls that warm the caches, as far as they fit into so many seconds; and the batches that count after them.
WARM_CALLS, WARM_SECONDS, COUNTED = 10, 25e-3, 5
# A call this long streams through memory, and finds no cache warm: one counts as well as another.
LONG = 50e-3
# An implementation that is this many times slower than its peer's best, after this many rounds, is not asked again.
HOPELESS, TRIED = 1.5, 2
# Seconds: to start (Pythran compiles), to answer, to become quiet after an answer.
START, ANSWER, QUIET = 900, 300, 0.1


@dataclass(frozen=True, order=True)
class Cell:
    kernel: str
    dtype: str
    n: int


# What is wrong with a cell's answer (its digest, as kernels.toy makes it), or None.
Judgement = Callable[[Cell, list[float]], str | None]


class WorkerError(Exception):
    """A worker's process is gone or silent."""


class Refused(Exception):
    """A worker answered a request with an error."""


class Worker:
    def __init__(self, peer: str, command: list[str], threads: int, quick: bool) -> None:
        self.peer = peer
        self.about: dict[str, str] = {}
        self.offers: list[str] = []
        LOGS.mkdir(parents=True, exist_ok=True)
        self.log = LOGS / f"{peer}-{threads}.txt"
        count = str(threads)
        names = ("PEERS", "OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "NUMBA_NUM", "NUMEXPR_NUM", "NUMEXPR_MAX")
        variables = {f"{name}_THREADS": count for name in names}
        variables |= {"PEERS_QUICK": str(int(quick)), "PYTHONDONTWRITEBYTECODE": "1"}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=os.environ | variables
            )
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.unread = b""

    def start(self) -> None:
        while True:
            word, rest = self.read_line(START)
            if word == "about":
                self.about = loads(rest)
            elif word == "ready":
                self.offers = rest.split()
                return

    def read_line(self, seconds: float) -> tuple[str, str]:
        """The first word of the next line, and the rest. Raises WorkerError."""
        until = monotonic() + seconds
        while b"\n" not in self.unread:
            if not self.selector.select(max(0.0, until - monotonic())):
                raise WorkerError(f"no answer in {seconds} s")
            data = os.read(self.process.stdout.fileno(), 1 << 16)
            if not data:
                status = self.process.wait()
                said = self.log.read_text(errors="replace").strip().splitlines()
                raise WorkerError(f"ended with status {status}: {said[-1] if said else 'no word'}")
            self.unread += data
        line, _, self.unread = self.unread.partition(b"\n")
        word, _, rest = line.decode().partition(" ")
        return word, rest

    def ask(self, *request: object) -> list[float]:
        """The numbers of the answer. Raises Refused where the worker could not, WorkerError where it is gone."""
        try:
            self.process.stdin.write((" ".join(map(str, request)) + "\n").encode())
            self.process.stdin.flush()
        except OSError as error:
            raise WorkerError(str(error)) from error
        word, rest = self.read_line(ANSWER)
        self.wait_until_quiet()
        if word != "ok":
            raise Refused(rest)
        return [float(number) for number in rest.split()]

    def wait_until_quiet(self) -> None:
        """Waits until none of its threads runs: some pools spin for a while, and would slow whoever is asked next."""
        until = monotonic() + QUIET
        while monotonic() < until:
            if not any(state == "R" for state in self.thread_states()):
                return
            sleep(0.0005)

    def thread_states(self) -> list[str]:
        """Linux's letters for what each thread does; none on other systems."""
        states = []
        for stat in Path(f"/proc/{self.process.pid}/task").glob("*/stat"):
            try:
                states.append(stat.read_text().rpartition(")")[2].split()[0])
            except OSError:  # The thread has ended.
                continue
        return states

    def stop(self) -> None:
        self.selector.close()
        try:
            self.process.stdin.close()
        except OSError:  # It is gone, and what was to be said to it with it.
            pass
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Contender:
    """One implementation of a cell by one worker, and its seconds for one call, batch by batch."""

    worker: Worker
    offer: str
    cell: Cell
    first: float = math.nan
    seconds: list[float] = field(default_factory=list)
    rounds: int = 0
    guess: float = math.inf

    @property
    def implementation(self) -> str:
        return self.offer.partition("/")[2]

    def request(self) -> tuple[int, int, int]:
        """Calls of a batch, batches that warm up, batches that count, as the fastest batch so far advises."""
        least = min([self.guess, *self.seconds])
        if math.isinf(least):
            return 1, 1, 1
        calls = max(1, math.ceil(BATCH / least))
        if least > LONG:
            return calls, 0, 1
        wanted, affordable = math.ceil(WARM_CALLS / calls), math.ceil(WARM_SECONDS / (calls * least))
        return calls, min(wanted, affordable), COUNTED if least < 10 * BATCH else 2

    def measure(self) -> None:
        calls, warming, counted = self.request()
        answer = self.worker.ask("time", self.offer, self.cell.dtype, self.cell.n, calls, warming + counted)
        self.seconds += answer[warming:]

    def calibrate(self) -> None:
        """Twice, since the first guess comes from single calls. What it saw guides the requests, and is not counted."""
        self.measure()
        if min(self.seconds) < LONG:
            self.measure()
        self.guess, self.seconds = min(self.seconds), []


class Crew:
    """The workers of one number of threads, what they said wrongly, and who has gone."""

    def __init__(self, commands: dict[str, list[str]], threads: int, quick: bool) -> None:
        self.label = f"{threads} thread{'s' if threads > 1 else ''}"
        self.workers: list[Worker] = []
        self.problems: list[str] = []
        for peer, command in commands.items():
            worker = Worker(peer, command, threads, quick)
            try:
                worker.start()
                self.workers.append(worker)
            except WorkerError as error:
                worker.stop()
                self.problem(f"{peer}: left out: {error}")

    def problem(self, text: str) -> None:
        self.problems.append(text)
        print(f"peers: {text}", file=sys.stderr)

    def lose(self, worker: Worker, error: WorkerError) -> None:
        self.workers.remove(worker)
        worker.stop()
        self.problem(f"{worker.peer}: lost: {error}")

    def stop(self) -> None:
        for worker in self.workers:
            worker.stop()

    def check(self, cells: list[Cell], judge: Judgement) -> tuple[list[Contender], int]:
        """First calls of all that is offered: those whose answers are right, and how many were wrong."""
        right, wrong = [], 0
        for worker in list(self.workers):
            for cell in cells:
                for offer in (offer for offer in worker.offers if offer.partition("/")[0] == cell.kernel):
                    where = f"{worker.peer} {offer} {cell.dtype} n={cell.n}"
                    try:
                        seconds, *digest = worker.ask("first", offer, cell.dtype, cell.n)
                    except Refused as error:
                        self.problem(f"{where}: {error}")
                        wrong += 1
                        continue
                    except WorkerError as error:
                        self.lose(worker, error)
                        wrong += 1
                        break
                    if (reason := judge(cell, digest)) is not None:
                        self.problem(f"{where}: WRONG: {reason}")
                        wrong += 1
                        continue
                    right.append(Contender(worker, offer, cell, seconds))
                if worker not in self.workers:
                    break
            print(f"peers: {self.label}: {worker.peer} checked", file=sys.stderr)
        return right, wrong

    def measure(self, contenders: list[Contender], rounds: int) -> None:
        by_cell: dict[Cell, list[Contender]] = {}
        for contender in contenders:
            by_cell.setdefault(contender.cell, []).append(contender)
        for turn in range(-1, rounds):
            began = monotonic()
            for cell, present in by_cell.items():
                present = [contender for contender in present if not hopeless(contender, present)]
                random.Random(f"{turn} {cell}").shuffle(present)
                for contender in present:
                    if contender.worker not in self.workers:
                        continue
                    try:
                        contender.calibrate() if turn < 0 else contender.measure()
                        contender.rounds += turn >= 0
                    except (Refused, WorkerError) as error:
                        self.lose(contender.worker, WorkerError(str(error)))
            name = f"round {turn + 1} of {rounds}" if turn >= 0 else "calibration"
            print(f"peers: {self.label}: {name}: {monotonic() - began:.1f} s", file=sys.stderr)


def hopeless(contender: Contender, present: list[Contender]) -> bool:
    """Whether another implementation of the same peer is so much faster that this one is not worth more rounds."""
    if contender.rounds < TRIED or contender.implementation == "out":
        return False
    rivals = [c for c in present if c.worker is contender.worker and c.seconds and c.implementation != "out"]
    return min(contender.seconds) > HOPELESS * min(min(rival.seconds) for rival in rivals)
