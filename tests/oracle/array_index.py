"""Writes tests/data/array_index.txt: index expressions and what NumPy makes of them.

    python tests/oracle/array_index.py > tests/data/array_index.txt

Columns, separated by tabs: shape (the array holds 0, 1, 2 …), keys, then `get` and the result's shape and elements, or
`set`, the value's shape (it holds -1, -2 …) and the array's elements afterwards; errors as class and message.
Keys are separated by `;`: `3`, `1:8:2`, `...`, `None`, an array `i SHAPE VALUES`, a mask `m SHAPE BITS`.
"""

import random

import numpy as np

random.seed(11)


def bound(n):
    return random.choice(["", "", str(random.randint(-n - 2, n + 2))])


def key(n, more):
    kind = random.choice(["int", "slice", "slice", "array", "array", "mask"])
    if kind == "int":
        return str(random.randint(-n - 1, n)) if random.random() < 0.1 else str(random.randint(-n, max(n - 1, 0)))
    if kind == "slice":
        return f"{bound(n)}:{bound(n)}:{random.choice(['', '', '-1', '2', '-2'])}"
    if kind == "mask":
        dims = [n if random.random() < 0.97 else n + 1] + [m for m in more if random.random() < 0.3][:1]
        if len(dims) == 2:
            dims[1] = more[0]
        bits = "".join(random.choice("01") for _ in range(int(np.prod(dims))))
        return f"m {','.join(map(str, dims))} {bits}"
    dims = random.choice([(), (1,), (2,), (2,), (2,), (3,), (0,), (2, 2), (2, 1)])
    values = [random.randint(-n, max(n - 1, 0)) for _ in range(int(np.prod(dims)))]
    return f"i {','.join(map(str, dims))} {','.join(map(str, values))}"


def parse(text):
    if text in ("...", "None"):
        return eval(text)
    if text.startswith("i ") or text.startswith("m "):
        kind, dims, values = text.split(" ")
        dims = [int(n) for n in dims.split(",") if n]
        items = [int(x) for x in values.split(",") if x] if kind == "i" else [x == "1" for x in values]
        return np.array(items, dtype=np.int64 if kind == "i" else bool).reshape(dims)
    if ":" in text:
        return slice(*(int(x) if x else None for x in text.split(":")))
    return int(text)


def describe(array):
    return ",".join(map(str, array.shape)) + " " + ",".join(map(str, array.reshape(-1).tolist()))


def main():
    for _ in range(900):
        shape = tuple(random.choice([1, 2, 3, 3, 4, 0] if random.random() < 0.2 else [2, 3, 4]) for _ in range(random.randint(1, 4)))
        count = random.randint(1, len(shape) + (random.random() < 0.05))
        keys, axis = [], 0
        while axis < count:
            n = shape[axis] if axis < len(shape) else 2
            text = key(n, shape[axis + 1:count])
            axis += len(text.split(" ")[1].split(",")) if text.startswith("m") else 1
            keys.append(text)
        if random.random() < 0.2:
            keys.insert(random.randint(0, len(keys)), "None")
        if random.random() < 0.2:
            keys.insert(random.randint(0, len(keys)), "...")
        array = np.arange(int(np.prod(shape))).reshape(shape)
        index = tuple(parse(k) for k in keys)
        text = ";".join(keys)
        dims = ",".join(map(str, shape))
        try:
            got = np.asarray(array[index])
            print(dims, text, "get", describe(got), sep="\t")
        except Exception as error:
            print(dims, text, "get", f"{type(error).__name__}: {error}", sep="\t")
            continue
        value_shape = random.choice([got.shape, got.shape, (), (1,), (1,) + got.shape, got.shape[1:], (2,), (1, 1)])
        value = -1 - np.arange(int(np.prod(value_shape))).reshape(value_shape)
        if sum(isinstance(k, np.ndarray) and k.dtype == np.int64 and k.size > 1 for k in index) and len(set(got.reshape(-1).tolist())) < got.size:
            continue
        try:
            array[index] = value
            print(dims, text, "set " + ",".join(map(str, value_shape)), describe(array), sep="\t")
        except Exception as error:
            print(dims, text, "set " + ",".join(map(str, value_shape)), f"{type(error).__name__}: {error}", sep="\t")


if __name__ == "__main__":
    main()
