"""Random numbers without a state: each is a hash of where it stands, so that it can be asked for in any order."""

import hashlib

import numpy as np
import numpy.typing as npt

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def stream_key(*parts: str | int) -> int:
    """64 bits that depend on the parts alone: the same on every machine, in every process and version."""
    text = "\x1f".join(f"{type(part).__name__}:{part}" for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def random_bits(key: int, counters: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Uniform 64-bit integers, one per counter (splitmix64 of key and counter)."""
    mixed = np.atleast_1d(counters).astype(np.uint64) * _GOLDEN + np.uint64(key)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    return mixed ^ (mixed >> np.uint64(31))


def permutation(key: int, count: int) -> npt.NDArray[np.int64]:
    """The numbers 0 .. count-1 in a random order."""
    return np.argsort(random_bits(key, np.arange(count)), kind="stable")
