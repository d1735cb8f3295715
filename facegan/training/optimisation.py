"""One optimiser per part, whichever phases move it; a phase steps the parts that it trains."""

from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer

from facegan.errors import UserError
from facegan.models.schedules import Clocks, Schedule, value_at

OptimizerFactory = Callable[[Iterable[nn.Parameter]], Optimizer]


class Optimisation:
    """The optimisers of all parts that any phase trains.

    default: makes the optimiser of a part's parameters; special: the same for parts that want their own.
    learning_rate: a factor on every optimiser's own rate, constant or scheduled. clip_norm: per part; None for none.
    Raises UserError where `special` names a part that no phase trains.
    """

    def __init__(
        self,
        parts: Mapping[str, nn.Module],
        *,
        default: OptimizerFactory,
        special: Mapping[str, OptimizerFactory] | None = None,
        learning_rate: float | Schedule = 1.0,
        clip_norm: float | None = None,
    ) -> None:
        special = special or {}
        if unknown := set(special) - set(parts):
            raise UserError(f"optimizers for unknown parts {sorted(unknown)}; trained parts: {sorted(parts)}.")
        self.optimizers = {name: special.get(name, default)(part.parameters()) for name, part in parts.items()}
        self.rates = {name: [g["lr"] for g in opt.param_groups] for name, opt in self.optimizers.items()}
        self.learning_rate, self.clip_norm = learning_rate, clip_norm

    def parameters(self, names: Iterable[str]) -> list[nn.Parameter]:
        """The parameters of these parts."""
        return [p for name in names for group in self.optimizers[name].param_groups for p in group["params"]]

    def zero(self, names: Iterable[str]) -> None:
        """Forgets the gradients of these parts."""
        for name in names:
            self.optimizers[name].zero_grad(set_to_none=True)

    def step(self, names: Iterable[str], clocks: Clocks) -> None:
        """Clips and steps these parts."""
        factor = value_at(self.learning_rate, clocks)
        for name in names:
            optimizer = self.optimizers[name]
            for group, rate in zip(optimizer.param_groups, self.rates[name], strict=True):
                group["lr"] = rate * factor
            if self.clip_norm is not None:
                clip_grad_norm_(self.parameters([name]), self.clip_norm)
            optimizer.step()

    def tensors(self) -> dict[str, Tensor]:
        """Every optimiser's state as `optimizer.<part>.<parameter number>.<key>`; numbers become 0-dim tensors."""
        return {
            f"optimizer.{name}.{number}.{key}": torch.as_tensor(value)
            for name, optimizer in self.optimizers.items()
            for number, state in optimizer.state_dict()["state"].items()
            for key, value in state.items()
            if value is not None
        }

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Takes up the state that `tensors` gave, in the memory layout of the parameters, as fused kernels need it."""
        for name, optimizer in self.optimizers.items():
            on_device = any(group.get("fused") or group.get("capturable") for group in optimizer.param_groups)
            for number, parameter in enumerate(self.parameters([name])):
                prefix = f"optimizer.{name}.{number}."
                found = {key.removeprefix(prefix): v for key, v in tensors.items() if key.startswith(prefix)}
                if found:
                    optimizer.state[parameter] = {
                        key: _laid_out(value, parameter, on_device=on_device) for key, value in found.items()
                    }


def _laid_out(value: Tensor, parameter: nn.Parameter, *, on_device: bool) -> Tensor:
    """on_device: the count of steps lies beside the parameter, where fused kernels look for it."""
    if value.shape == parameter.shape and value.ndim:
        return torch.empty_like(parameter, requires_grad=False).copy_(value)
    return value.to(parameter.device, copy=True) if on_device else value.clone()
