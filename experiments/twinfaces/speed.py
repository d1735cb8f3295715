"""How many faces a second: `python experiments/twinfaces/speed.py [--size 64] [--count 8192] [--painters]`."""

import argparse
import os
import tempfile
import time
from collections import Counter
from statistics import median

import torch

from facegan.data.twinfaces import TwinFaces, render, sample
from facegan.data.twinfaces.factors import decoded
from facegan.data.twinfaces.renderer import PAINTERS
from facegan.data.twinfaces.stage import Stage


def drawn(size: int, count: int, seed: int) -> float:
    """Faces a second of a set that is drawn into a store, as a first training does it: with a process per core."""
    with tempfile.TemporaryDirectory() as cache:
        source = TwinFaces(image_size=size, size=count, seed=seed, cache=cache)
        start = time.perf_counter()
        source.images(torch.arange(1))
        return count / (time.perf_counter() - start)


def rendered(size: int, count: int, seed: int) -> float:
    """Faces a second of one thread."""
    start = time.perf_counter()
    render(sample(torch.arange(count), seed=seed), image_size=size)
    return count / (time.perf_counter() - start)


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
    parser.add_argument("--count", type=int, default=8192)
    parser.add_argument("--painters", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.painters:
        for name, seconds in by_painter(given.size, 32).most_common():
            print(f"{name:12s} {1e6 * seconds:8.1f} us a face")
    both = [(drawn(given.size, given.count, k), rendered(given.size, given.count // 8, k)) for k in range(3)]
    whole, one = (median(speeds) for speeds in zip(*both, strict=True))
    print(
        f"faces/s at {given.size} pixels: {whole:.0f} into a store on {os.cpu_count()} cores, {one:.0f} on one thread"
    )


if __name__ == "__main__":
    main()
