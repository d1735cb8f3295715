"""One optimiser a part: the default, or the part's own as the command line gives it."""

from functools import partial
from pathlib import Path

import pytest
import torch

from facegan.errors import UserError
from facegan.training.optimisation import Optimisation
from tests.tiny import states, tiny_engine

OWN = "+optimizers.joiner={_target_: torch.optim.SGD, _partial_: true, lr: 0.5}"


def test_a_part_can_have_an_optimiser_of_its_own(tmp_path: Path) -> None:
    optimizers = tiny_engine("genegan_quickstart", tmp_path / "run", OWN).optimisation.optimizers
    kinds = {name: type(optimizer).__name__ for name, optimizer in optimizers.items()}
    assert kinds == {"splitter": "Adam", "joiner": "SGD", "critic_has": "Adam", "critic_lacks": "Adam"}


def test_its_own_optimiser_is_what_moves_it(tmp_path: Path) -> None:
    still = OWN.replace("0.5", "0.0")
    engine = tiny_engine("genegan_quickstart", tmp_path / "run", still)
    before = states(engine)
    engine.fit()
    moved = {
        n.split(".")[0] for n, _ in engine.model.named_parameters() if not torch.equal(before[n], states(engine)[n])
    }
    assert moved == {"splitter", "critic_has", "critic_lacks"}


@pytest.mark.parametrize(("fused", "device"), [(True, "meta"), (False, "cpu")])
def test_the_count_of_steps_goes_where_the_kernel_looks_for_it(fused: bool, device: str) -> None:
    """Fused kernels want it beside the parameter, wherever that lies; others on the CPU."""
    part = torch.nn.Linear(2, 2, device="meta")
    optimisation = Optimisation(
        {"part": part}, default=partial(torch.optim.Adam, fused=fused), special={}, learning_rate=1.0, clip_norm=None
    )
    optimisation.restore({"optimizer.part.0.step": torch.tensor(3.0)})
    assert optimisation.optimizers["part"].state[part.weight]["step"].device.type == device


def test_an_optimiser_for_a_part_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"unknown parts \['decoder'\]; trained parts: .*'joiner'"):
        tiny_engine("genegan_quickstart", tmp_path / "run", OWN.replace("joiner", "decoder"))
