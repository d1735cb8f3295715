"""Optimisers that torch does not have."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.optimizer import ParamsT


class TFRMSprop(Optimizer):
    """RMSProp as TensorFlow 1.x takes it, in which GeneGAN was trained (there lr 5e-5, decay 0.8, momentum 0).

    square <- decay * square + (1 - decay) * gradient^2
    move <- momentum * move + lr * gradient / sqrt(square + epsilon)
    parameter <- parameter - move

    It differs from torch's in two ways: the mean square starts at one, not zero, so first steps are small instead of
    huge; and epsilon sits inside the root. A step of the learning rate is therefore felt at once, also in momentum.
    lr: >= 0; decay: in [0, 1); momentum: >= 0; epsilon: > 0. Raises ValueError for others. Dense gradients only.
    """

    def __init__(
        self, params: ParamsT, *, lr: float, decay: float = 0.8, momentum: float = 0.0, epsilon: float = 1e-10
    ) -> None:
        if not (lr >= 0 and 0 <= decay < 1 and momentum >= 0 and epsilon > 0):
            raise ValueError(f"RMSProp cannot take {lr=}, {decay=}, {momentum=}, {epsilon=}")
        super().__init__(params, {"lr": lr, "decay": decay, "momentum": momentum, "epsilon": epsilon})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Move every parameter that has a gradient. closure: computes the loss anew; its value is returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            self._step_group(group)
        return loss

    def _step_group(self, group: dict[str, Any]) -> None:
        moved = [parameter for parameter in group["params"] if parameter.grad is not None]
        if not moved:
            return
        gradients = [parameter.grad for parameter in moved]
        squares = [self._slot(parameter, "square", torch.ones_like) for parameter in moved]
        torch._foreach_mul_(squares, group["decay"])
        torch._foreach_addcmul_(squares, gradients, gradients, value=1 - group["decay"])
        roots = torch._foreach_add(squares, group["epsilon"])
        torch._foreach_sqrt_(roots)
        if group["momentum"] == 0:
            torch._foreach_addcdiv_(moved, gradients, roots, value=-group["lr"])
            return
        moves = [self._slot(parameter, "move", torch.zeros_like) for parameter in moved]
        torch._foreach_mul_(moves, group["momentum"])
        torch._foreach_addcdiv_(moves, gradients, roots, value=group["lr"])
        torch._foreach_sub_(moved, moves)

    def _slot(self, parameter: Tensor, name: str, start: Callable[[Tensor], Tensor]) -> Tensor:
        """A parameter's running tensor, made when it is first asked for."""
        slots = self.state[parameter]
        if name not in slots:
            slots[name] = start(parameter)
        slot: Tensor = slots[name]
        return slot
