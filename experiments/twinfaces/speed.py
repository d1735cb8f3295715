"""How many faces a second: `python experiments/twinfaces/speed.py [--size 64] [--count 4096] [--painters]`."""

import argparse
import time
from collections import Counter

import torch

from facegan.data.twinfaces import render, sample
from facegan.data.twinfaces.factors import decoded
from facegan.data.twinfaces.renderer import PAINTERS
from facegan.data.twinfaces.stage import Stage


def overall(size: int, count: int) -> tuple[float, float]:
    """Faces a second of wall time and of processor time, drawn from their numbers, the best of three."""
    best, busy = 0.0, 0.0
    for k in range(3):
        start, used = time.perf_counter(), time.process_time()
        render(sample(torch.arange(k * count, (k + 1) * count), seed=0), image_size=size)
        best = max(best, count / (time.perf_counter() - start))
        busy = max(busy, count / (time.process_time() - used))
    return best, busy


def by_painter(size: int, chunk: int) -> Counter[str]:
    """Processor seconds per face of each painter, on one thread."""
    spent: Counter[str] = Counter()
    for k in range(8):
        start = time.process_time()
        stage = Stage(decoded(sample(torch.arange(k * chunk, (k + 1) * chunk), seed=0)), size)
        spent["factors"] += time.process_time() - start
        for painter in PAINTERS:
            start = time.process_time()
            painter(stage)
            spent[painter.__name__] += time.process_time() - start
    return Counter({name: seconds / (8 * chunk) for name, seconds in spent.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--count", type=int, default=4096)
    parser.add_argument("--painters", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)  # the renderer runs two Python threads of its own
    if given.painters:
        for name, seconds in by_painter(given.size, 32).most_common():
            print(f"{name:12s} {1e6 * seconds:8.1f} us a face")
    wall, busy = overall(given.size, given.count)
    print(f"{wall:.0f} faces/s at {given.size} x {given.size}; {busy:.0f} faces per second of one processor")


if __name__ == "__main__":
    main()
