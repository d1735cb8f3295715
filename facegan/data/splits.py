"""Training, validation and test faces, such that no person is in two of them."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from facegan.data.counter import stream_key
from facegan.data.errors import DataError, some

Split = Literal["train", "validation", "test", "all"]
PARTS = ("train", "validation", "test")
Parts = npt.NDArray[np.int64]
"""N numbers into PARTS."""

_FRACTIONS = (0.8, 0.1, 0.1)
_WORDS = {
    "0": 0, "train": 0, "training": 0,
    "1": 1, "validation": 1, "valid": 1, "val": 1, "dev": 1,
    "2": 2, "test": 2, "testing": 2,
}  # fmt: skip


def hashed_parts(identities: Sequence[int], files: Sequence[str]) -> Parts:
    """80 / 10 / 10 percent by a hash of the person, or of the file's name where the person is unknown (-1).

    The same person is in the same part of every data set, on every machine, however many faces are added later.
    """
    parts = {person: _part(f"person {person}") for person in set(identities)}
    return np.array(
        [
            _part(f"file {name}") if person < 0 else parts[person]
            for person, name in zip(identities, files, strict=True)
        ],
        dtype=np.int64,
    )


def halves(identities: Sequence[int], files: Sequence[str]) -> npt.NDArray[np.int64]:
    """0 or 1 for each face, by a hash of the person, or of the file's name where the person is unknown (-1)."""
    who = [f"file {name}" if one < 0 else f"person {one}" for one, name in zip(identities, files, strict=True)]
    return np.array([stream_key("half", name) & 1 for name in who], dtype=np.int64)


def named_parts(words: Sequence[str], *, where: str) -> Parts:
    """Parts as a table names them: train, validation, test or 0, 1, 2. Raises DataError for other words."""
    known = [_WORDS.get(word.strip().lower().removesuffix(".0")) for word in words]
    wrong = [word for word, part in zip(words, known, strict=True) if part is None]
    if wrong:
        raise DataError(
            f"{where} has {len(wrong)} splits other than train, validation, test or 0, 1, 2: {some(wrong)}."
        )
    return np.array(known, dtype=np.int64)


def split_mask(parts: Parts, split: str, *, name: str) -> npt.NDArray[np.bool_]:
    """Which faces belong to a split. Raises DataError for an unknown split and for an empty one."""
    if split not in get_args(Split):
        raise DataError(f"unknown split {split!r}; there are {', '.join(get_args(Split))}.")
    mask = np.ones(len(parts), dtype=np.bool_) if split == "all" else parts == PARTS.index(split)
    if not mask.any():
        counts = ", ".join(f"{part} {int((parts == number).sum())}" for number, part in enumerate(PARTS))
        raise DataError(f"the split {split!r} of {name!r} has no faces ({counts}): use split=all, or more persons.")
    return mask


def shared_persons(identities: npt.NDArray[np.int64], parts: Parts) -> int:
    """How many known persons have faces in more than one part."""
    known = identities >= 0
    pairs = np.unique(np.stack([identities[known], parts[known]], axis=1), axis=0)
    _, times = np.unique(pairs[:, 0], return_counts=True)
    return int((times > 1).sum())


def _part(text: str) -> int:
    place = stream_key("split", text) / 2**64
    return 0 if place < _FRACTIONS[0] else 1 if place < _FRACTIONS[0] + _FRACTIONS[1] else 2
