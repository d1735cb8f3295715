"""Image files that tests make for themselves."""

from pathlib import Path

import numpy as np
from PIL import Image


def picture(width: int, height: int, *, seed: int = 0) -> Image.Image:
    """A smooth RGB image, different for every seed: a gradient that no turn or mirror leaves as it is."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    shade = np.random.default_rng(seed).uniform(0.2, 1, 3)
    bands = np.stack([x, y, (x + 2 * y) / 3], axis=-1) * shade
    return Image.fromarray((255 * bands).astype(np.uint8))


def save_many(folder: Path, count: int, *, size: tuple[int, int] = (24, 20), suffix: str = ".png") -> list[str]:
    """Writes count different images and gives their names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{number:05d}{suffix}" for number in range(count)]
    for number, name in enumerate(names):
        picture(*size, seed=number).save(folder / name)
    return names
