"""JAX on the CPU: jitted functions of device arrays, each call waited for.

XLA has no public switch for its number of threads: it takes what the process may be scheduled on when it starts. So
the process is narrowed to that many cores while it starts, and may use all again afterwards, as the other peers do.
"""

import os

from worker import Call, Offer, serve, threads

os.environ["JAX_PLATFORMS"] = "cpu"
ALL_CORES = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
if ALL_CORES:
    os.sched_setaffinity(0, sorted(ALL_CORES)[: threads()])
if threads() == 1:
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false"

import jax  # noqa: E402  (reads the above when it is imported)
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

from kernels import load_script  # noqa: E402

jax.config.update("jax_enable_x64", True)
SCRIPT = load_script()
A, B = SCRIPT.A, SCRIPT.B
C0, C1, C2, C3, C4, C5, C6, C7 = (getattr(SCRIPT, f"C{i}") for i in range(8))


def widen() -> None:
    """Lets every thread of this process run on all cores again."""
    for thread in os.listdir("/proc/self/task") if ALL_CORES else ():
        os.sched_setaffinity(int(thread), ALL_CORES)


def offer(function, arguments: str, all_names: str) -> Offer:
    def build(dtype: str, inputs: list[np.ndarray]) -> Call:
        arrays = {name: jax.device_put(array) for name, array in zip(all_names.split(), inputs, strict=True)}
        names = {name: arrays[name] for name in arguments.split()}
        expression = f"kernel({', '.join(names)}).block_until_ready()"
        return Call(expression, {"kernel": jax.jit(function)} | names, np.asarray)

    return build


VECTORS = "x y yp"
OFFERS = {
    "G": offer(lambda yp, y, x: jnp.mean((yp - y) * x), "yp y x", VECTORS),
    "S": offer(lambda x, y: A * x + y, "x y", VECTORS),
    "P": offer(lambda x: ((((((C7 * x + C6) * x + C5) * x + C4) * x + C3) * x + C2) * x + C1) * x + C0, "x", VECTORS),
    "N": offer(lambda x, y: jnp.sqrt(x * x + y * y).sum(), "x y", VECTORS),
    "D": offer(lambda x, y: jnp.dot(x, y), "x y", VECTORS),
    "W": offer(lambda x: jnp.where(x > 0, x * A, B), "x", VECTORS),
    "M": offer(lambda a, b: a @ b, "a b", "a b"),
    "J": offer(lambda u: 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]), "u", "u"),
}

if __name__ == "__main__":
    jnp.zeros(1).block_until_ready()
    widen()
    serve(OFFERS, {"JAX": jax.__version__, "jaxlib": jax.lib.__version__})
