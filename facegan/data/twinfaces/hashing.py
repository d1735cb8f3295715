"""Uniform numbers by counter: the number at (key, stream) depends on nothing else, so that no draw can move another.

It is splitmix64 on wrapping int64, the same on every machine.
"""

import torch
from torch import Tensor

SPLITS = ("train", "validation", "test")


def _signed(value: int) -> int:
    """The int64 with the same 64 bits."""
    value &= 0xFFFFFFFFFFFFFFFF
    return value - (1 << 64) if value >> 63 else value


_STEP, _MIX_A, _MIX_B = (_signed(v) for v in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def _shift(value: Tensor, bits: int) -> Tensor:
    """A logical shift to the right; torch's own keeps the sign."""
    return (value >> bits) & ((1 << (64 - bits)) - 1)


def mix(value: Tensor) -> Tensor:
    """Splitmix64's scrambling of int64 numbers."""
    value = (value ^ _shift(value, 30)) * _MIX_A
    value = (value ^ _shift(value, 27)) * _MIX_B
    return value ^ _shift(value, 31)


def keys(index: Tensor, *, seed: int, stream: int) -> Tensor:
    """One key per number of `index` (N, int64), for a seed and a stream."""
    start = mix(torch.tensor(_signed(seed), dtype=torch.int64) + _STEP)
    start = mix(start ^ _signed(stream * _STEP))
    return mix(start ^ mix(index.to(torch.int64) * _STEP + 1))


def uniforms(key: Tensor, count: int, *, first: int = 0) -> Tensor:
    """`count` numbers per key, N x count float32 strictly inside (0, 1), from the columns that start at `first`."""
    columns = torch.arange(first + 1, first + count + 1, dtype=torch.int64, device=key.device)
    bits = mix(key[:, None] + columns * _STEP)
    return (_shift(bits, 41).to(torch.float32) + 0.5) / float(1 << 23)
