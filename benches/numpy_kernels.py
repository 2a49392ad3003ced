"""The expressions of `kernels.rs` in NumPy: run beside it, on the same machine, single-threaded.

    python3 benches/numpy_kernels.py
"""
import time

import numpy as np


def measure(name, n, call):
    for _ in range(3):
        call()
    samples, start = [], time.perf_counter()
    while time.perf_counter() - start < 0.12 or len(samples) < 7:
        begin = time.perf_counter_ns()
        call()
        samples.append(time.perf_counter_ns() - begin)
    median = sorted(samples)[len(samples) // 2]
    print(f"{name:<30} n={n:<8} {median:>9} ns (least {min(samples):>9}) {median / n:>8.3f} ns/element")


for dtype in (np.float64, np.float32):
    for n in (10, 1000, 100_000, 1_000_000):
        p, y, x = (((np.arange(n) * 0.37) % 1 - 0.4).astype(dtype) for _ in range(3))
        name = np.dtype(dtype).name
        measure(f"mean((p - y) * x) {name}", n, lambda: np.mean((p - y) * x))
        measure(f"p * y + x {name}", n, lambda: p * y + x)
        measure("sum(p)", n, lambda: p.sum())
        measure("min(p)", n, lambda: p.min())
        measure("sqrt(abs(p))", n, lambda: np.sqrt(np.abs(p)))
        measure("p > 0", n, lambda: p > 0)
        measure("sum(p > 0)", n, lambda: (p > 0).sum())
        measure("where(p > 0, p, y)", n, lambda: np.where(p > 0, p, y))
for m, n in ((442, 10), (100_000, 10), (1000, 1000), (10, 100_000)):
    x = ((np.arange(m * n) * 0.37) % 1 - 0.4).reshape(m, n)
    row, column = x[0].copy(), x[:, :1].copy()
    measure(f"x.sum(axis=0) {m}x{n}", m * n, lambda: x.sum(axis=0))
    measure(f"x.sum(axis=1) {m}x{n}", m * n, lambda: x.sum(axis=1))
    measure(f"x - row {m}x{n}", m * n, lambda: x - row)
    measure(f"column * row {m}x{n}", m * n, lambda: column * row)
    measure(f"x - x.mean(axis=0) {m}x{n}", m * n, lambda: x - x.mean(axis=0))
