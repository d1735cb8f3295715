"""What a model costs: to hold, to use and to train. Facts beside the merits; less is cheaper, not better."""

import time
import weakref
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from facegan.evaluation.measures.about import About

PARAMETERS = About(
    name="parameters",
    title="Parameters in use",
    unit="millions",
    better="neither",
    means="Parameters of the parts that the verbs use; what only training needs is left out.",
    blind="How often each is used.",
)
MULTIPLY_ADDS = About(
    name="multiply_adds",
    title="Multiply-adds of an edit",
    unit="millions an image",
    better="neither",
    means="Multiplications with addition of one edit, as torch counts those of convolutions and matrix products.",
    blind="Everything else: normalisation, activations, memory traffic.",
    source="torch.utils.flop_counter.",
)
SPEED = About(
    name="images_per_second",
    title="Speed of an edit",
    unit="images a second, on this machine at that moment",
    better="neither",
    means="Edits a second of one chunk, the second time it is asked.",
    blind="Other machines, other chunks, and whatever else this one was doing.",
)
PEAK = About(
    name="peak_memory",
    title="Peak memory of an edit",
    unit="MB an image",
    better="neither",
    means="The most that tensors held at once while a chunk was edited, beside the parameters, over the images in it.",
    blind="The parameters themselves, and what the allocator keeps in reserve.",
)
TRAINED_ON = About(
    name="training_images",
    title="Images of training",
    unit="thousands",
    better="neither",
    means="Faces drawn in training up to the checkpoint that was measured, over all phases.",
    blind="How many of them were different faces.",
)
TRAINED_FOR = About(
    name="training_cpu_seconds",
    title="CPU-seconds of training",
    unit="seconds of all cores together",
    better="neither",
    means="Processor time of the training process up to its last log line.",
    blind="Time on a GPU; a run of an older version did not count it.",
)

COSTS = (PARAMETERS, MULTIPLY_ADDS, SPEED, PEAK, TRAINED_ON, TRAINED_FOR)


def parameters(parts: Iterable[nn.Module]) -> float:
    """Millions of parameters; a tensor that two parts share counts once."""
    unique = {id(p): p.numel() for part in parts for p in part.parameters()}
    return sum(unique.values()) / 1e6


def multiply_adds(edit: Callable[[Tensor], object], images: Tensor) -> float:
    """Millions of multiply-adds an image of editing N x 3 x S x S."""
    with FlopCounterMode(display=False) as counter:
        edit(images)
    # The counter has a multiplication and an addition as two.
    return float(counter.get_total_flops()) / 2 / len(images) / 1e6


def images_per_second(edit: Callable[[Tensor], object], images: Tensor) -> float:
    """Edits a second; call it on a model that is warm."""
    start = time.perf_counter()
    edit(images)
    _wait(images)
    return len(images) / max(1e-9, time.perf_counter() - start)


def peak_memory(edit: Callable[[Tensor], object], images: Tensor) -> float:
    """The most MB an image that tensors held during an edit."""
    if images.is_cuda:
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        edit(images)
        return (torch.cuda.max_memory_allocated() - before) / len(images) / 1e6
    with _Held() as held:
        edit(images)
    return float(held.top) / len(images) / 1e6


class _Held(TorchDispatchMode):
    """Adds up the bytes of all tensors that operations make, as long as they live. top: the most at once."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.now = self.top = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(result):
            if isinstance(tensor, Tensor):
                self._hold(tensor.untyped_storage())
        return result

    def _hold(self, storage: torch.UntypedStorage) -> None:
        if getattr(storage, "held", None) is self:
            return
        storage.held = self  # type: ignore[attr-defined]
        self.now += storage.nbytes()
        self.top = max(self.top, self.now)
        weakref.finalize(storage, self._let_go, storage.nbytes())

    def _let_go(self, size: int) -> None:
        self.now -= size


def _wait(images: Tensor) -> None:
    if images.is_cuda:
        torch.cuda.synchronize()
