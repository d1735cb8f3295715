"""What a batch of 64 faces at 64 x 64 pixels costs from a store, ready for the network, in ms.

Run: OMP_NUM_THREADS=1 python experiments/data/speed.py [PHOTOGRAPHS]
with a folder in CelebA's published layout; without one, images are made up.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from facegan.data.celeba import CelebA
from facegan.data.draw import Draw
from facegan.data.folder import Folder
from facegan.data.photos import Photos
from facegan.data.sampling import Sampler

BATCH, SIDE, REPEATS, ROUNDS = 64, 64, 100, 9


def made_up(folder: Path, count: int = 2000) -> Photos:
    images = np.random.default_rng(0).integers(0, 256, (count, SIDE, SIDE, 3), dtype=np.uint8)
    for number, image in enumerate(images):
        Image.fromarray(image).save(folder / f"{number:05d}.png")
    return Folder(folder, image_size=SIDE, split="all", cache=folder / "cache")


def milliseconds(faces: Photos, draw: Draw) -> list[float]:
    """Per batch, the median of each round of consecutive batches."""
    sampler = Sampler(faces, attributes=list(faces.attributes)[:13], seed=0)
    rounds = []
    for start in range(ROUNDS):
        times = []
        for step in range(REPEATS):
            begin = time.perf_counter()
            sampler.batch("faces", draw, (start * REPEATS + step) * BATCH, BATCH)
            times.append(1000 * (time.perf_counter() - begin))
        rounds.append(statistics.median(times))
    return rounds


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        faces = CelebA(sys.argv[1], image_size=SIDE, split="train") if len(sys.argv) > 1 else made_up(Path(folder))
        print(f"{len(faces)} faces, {torch.get_num_threads()} threads")
        for draw in (Draw(), Draw(low=16)):
            rounds = milliseconds(faces, draw)
            low = f" with low={draw.low}" if draw.low else ""
            spread = f"rounds {min(rounds):.2f} to {max(rounds):.2f}"
            print(f"batch of {BATCH}{low}: {statistics.median(rounds):.2f} ms ({spread})")


if __name__ == "__main__":
    main()
