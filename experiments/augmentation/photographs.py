"""CelebA's photographs, thinned until the two attributes go together as in the drawn set."""

import os
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from experiments.augmentation.faces import Set, World, set_of
from experiments.augmentation.plan import PHI, Pair, Scale
from facegan.attributes import positions
from facegan.data.celeba import CelebA
from facegan.data.counter import permutation, stream_key
from facegan.data.folder import Folder
from facegan.errors import UserError
from facegan.files import write_text

CROP = "fader"
RARE = (1 - PHI) / 4  # the share of each rare cell, where either value of both attributes has half of the faces
MISSING = (
    "data=photos needs CelebA's aligned photographs: get img_align_celeba, list_attr_celeba.txt and "
    "list_eval_partition.txt (and identity_CelebA.txt) from the authors' page, "
    "mmlab.ie.cuhk.edu.hk/projects/CelebA.html, "
    "put them into one folder, and set FACEGAN_CELEBA to it. docs/data.md says more."
)


def photo_world(scale: Scale, pair: Pair, seed: int, folder: Path) -> World:
    """The photographs; the exam are those of partitions 1 and 2. folder: for the table of the thinned set."""
    root = celeba_root()
    train = CelebA(root, image_size=scale.image_size, split="train", crop=CROP)
    chosen = thinned(set_labels(train, pair), scale.size, seed)
    table = folder / f"biased-s{seed}.csv"
    write_text(table, table_of(train, chosen, pair))
    source = Folder(
        root / "img_align_celeba", labels=table, image_size=scale.image_size, crop=CROP, subset=True, name="biased"
    )
    parts = [
        set_of(part, pair)
        for part in (
            CelebA(root, image_size=scale.image_size, split=name, crop=CROP) for name in ("validation", "test")
        )
    ]
    return World(
        pair=pair,
        biased=set_of(source, pair),
        exam=first_of_cells(parts[0].joined(parts[1]), scale.tests // 2),
        twins=None,
        data=photo_overrides(scale, root, table),
    )


def celeba_root() -> Path:
    """FACEGAN_CELEBA. Raises UserError, which says how to get the photographs, where it names none."""
    given = os.environ.get("FACEGAN_CELEBA")
    if not given or not Path(given).expanduser().is_dir():
        raise UserError(MISSING)
    return Path(given).expanduser()


def photo_overrides(scale: Scale, root: Path, table: Path) -> tuple[str, ...]:
    """The thinned set as overrides of `facegan train`."""
    return (
        "data=folder",
        f"data.root='{root / 'img_align_celeba'}'",
        f"data.labels='{table.resolve()}'",
        f"data.image_size={scale.image_size}",
        f"data.crop={CROP}",
        "+data.subset=true",
        "+data.name=biased",
    )


def set_labels(source: CelebA, pair: Pair) -> Tensor:
    """N x 2: task and bias."""
    return source.labels[:, positions(pair, source.attributes)]


def thinned(labels: Tensor, size: int, seed: int) -> Tensor:
    """The numbers of faces, at most `size`, ascending: both common cells alike, both rare ones too, at PHI.

    labels: N x 2. Raises UserError where a cell is empty.
    """
    order = torch.from_numpy(permutation(stream_key(seed, "thinned"), len(labels)))
    cells = [order[(labels[order] == torch.tensor([task, bias])).all(1)] for task in (0, 1) for bias in (0, 1)]
    different, alike = (cells[1], cells[2]), (cells[0], cells[3])
    if not all(len(cell) for cell in cells):
        raise UserError("a combination of the two attributes has no photographs; take a larger folder.")
    whole = min(size, 2 * min(map(len, alike)) / (1 - 2 * RARE), 2 * min(map(len, different)) / (2 * RARE))
    few, many = max(1, round(whole * RARE)), round(whole * (0.5 - RARE))
    return torch.cat([*(cell[:few] for cell in different), *(cell[:many] for cell in alike)]).sort().values


def table_of(source: CelebA, chosen: Tensor, pair: Pair) -> str:
    """A label table that `Folder` reads; all faces are of the training split."""
    labels = set_labels(source, pair).numpy().astype(np.int64)
    rows = [f"{source.files[n]},train,{labels[n, 0]},{labels[n, 1]}" for n in chosen.tolist()]
    return "\n".join([f"file,split,{pair.task},{pair.bias}", *rows]) + "\n"


def first_of_cells(faces: Set, count: int) -> Set:
    """The first faces of each cell, at most `count`; those of one cell are never weighed by how many they are."""
    return faces[torch.cat([(faces.cell == cell).nonzero().flatten()[:count] for cell in range(4)]).sort().values]
