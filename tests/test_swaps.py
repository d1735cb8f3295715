"""Every part and loss of conf/ in every model that takes its kind: it trains, or one line refuses it.

In these tests each option meets each model that takes it, and each other option somewhere (`swaps.covering`); every
combination of every model is behind `make slow`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations, product
from pathlib import Path

import pytest
import torch
from lightning_fabric import Fabric

from facegan.assemble import make_fabric, make_model, make_optimisation, make_sampler, make_settings
from facegan.config import Config, compose_config
from facegan.errors import UserError
from facegan.training.engine import Engine
from facegan.training.run_folder import RunFolder
from facegan.training.tracking import Trackers
from tests.swaps import Row, composed, covering, models, options, tiny
from tests.tiny import TinySource

CHOICES = models()
ROWS = list(covering(CHOICES))
SIZE = 32


class Faces(TinySource):
    """Random faces with random labels of these attributes."""

    def __init__(self, attributes: tuple[str, ...], frames: int | None) -> None:
        super().__init__(image_size=SIZE, frames=frames)
        self.attributes = attributes
        bits = torch.rand(len(self), len(attributes), generator=torch.Generator().manual_seed(6))
        self.labels = (bits < 0.5).float()


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return make_fabric(compose_config("train", ["trainer.accelerator=cpu"])["trainer"])


def assembled(config: Config, fabric: Fabric, folder: Path) -> Engine:
    torch.manual_seed(0)
    attributes = tuple(config["attributes"])
    model = make_model(config, image_size=SIZE, attributes=attributes)
    config["trainer"]["batch_size"] = 4
    return Engine(
        model=model, sampler=make_sampler(config, Faces(attributes, model.frames), model),
        optimisation=make_optimisation(config, model), settings=make_settings(config["trainer"]), fabric=fabric,
        folder=RunFolder(folder), tracker=Trackers([]),
    )  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What became of a combination: whether a model took it, and what is wrong with how it trained or was refused."""

    taken: bool
    faults: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def outcome(fabric: Fabric, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Row], Outcome]:
    """Tries a combination, each once."""
    folder, known = tmp_path_factory.mktemp("swaps"), dict[tuple[tuple[str, str], ...], Outcome]()

    def of(row: Row) -> Outcome:
        key = tuple(sorted(row.items()))
        if key not in known:
            known[key] = tried(tiny(row), fabric, folder)
        return known[key]

    return of


def tried(config: Config, fabric: Fabric, folder: Path) -> Outcome:
    """One step of every phase, or the refusal."""
    try:
        engine = assembled(config, fabric, folder)
    except UserError as refusal:
        return _refused(refusal)
    if refused := _refusal_of_a_fit(engine):
        return refused
    clocks = engine.progressed.clocks
    clocks.update(dict.fromkeys(clocks, 1))  # past the zero weights with which some schedules begin
    faults = tuple(fault for phase in engine.model.phases for fault in _faults_of_a_play(engine, phase.name))
    engine.meter.check()
    return Outcome(taken=True, faults=faults)


def _refused(refusal: UserError) -> Outcome:
    said = str(refusal)
    helps = re.fullmatch(r"(?!config of )[^\n]*(\bfit\b|\bset\b|\bmust\b)[^\n]*", said)
    return Outcome(taken=False, faults=() if helps else (f"refused, but not in a line that helps: {said}",))


def _refusal_of_a_fit(engine: Engine) -> Outcome | None:
    """Fits a model that is to be fitted, and lets it edit or upscale; nothing where it did."""
    model = engine.model
    if not model.fit_draws:
        return None
    try:
        model.fit({name: [engine.sampler.batch("fit", draw, 0, 4)] for name, draw in model.fit_draws.items()})
    except UserError as refusal:
        return _refused(refusal)
    images, target = torch.zeros(1, 3, SIZE, SIZE), torch.ones(1, len(model.attributes))
    asked = (images, target) if "edit" in model.verbs else (model.shrunk(images),)
    made = getattr(model, "edit" if "edit" in model.verbs else "upscale")(*asked)
    return None if made.isfinite().all() else Outcome(taken=True, faults=("its answer is not finite",))


def _faults_of_a_play(engine: Engine, name: str) -> Iterator[str]:
    model, phase = engine.model, next(phase for phase in engine.model.phases if phase.name == name)
    model.zero_grad()
    before = [(part, value, value.detach().clone()) for part, net in model.parts.items() for value in net.parameters()]
    engine.play(phase)
    moved = {part for part, value, old in before if not torch.equal(value, old)}
    pulled = {part for part, value, _ in before if value.grad is not None and value.grad.any()}
    if moved != set(phase.trains):
        yield f"{name} trains {sorted(phase.trains)} and moved {sorted(moved)}"
    if pulled != set(phase.trains):
        yield f"{name} trains {sorted(phase.trains)} and gave gradients to {sorted(pulled)}"
    if broken := sorted({part for part, value, _ in before if not value.isfinite().all()}):
        yield f"{name} broke {broken}"


@pytest.mark.parametrize("row", ROWS, ids=["-".join(row.values()) for row in ROWS])
def test_a_pair_of_options_trains_or_is_refused(row: Row, outcome: Callable[[Row], Outcome]) -> None:
    assert outcome(row).faults == ()


@pytest.mark.parametrize("model", CHOICES)
def test_most_options_fit_a_model(model: str, outcome: Callable[[Row], Outcome]) -> None:
    """Refusals are exceptions: of every group more than half of the options train.

    An option whose rows are all refused, perhaps for another's sake, is tried with the model's own others.
    """
    taken = {choice for row in ROWS if row["model"] == model and outcome(row).taken for choice in row.items()}
    for group, all_levels in CHOICES[model].items():
        levels = [level for level in all_levels if not level.startswith("vgg")]  # their weights are not everywhere
        refused = [level for level in levels if (group, level) not in taken]
        alone = [level for level in refused if not outcome({"model": model, group: level}).taken]
        assert len(alone) < len(levels) / 2, f"{group} takes no {alone}"


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("model", CHOICES)
def test_every_combination_trains_or_is_refused(model: str, fabric: Fabric, tmp_path: Path) -> None:
    choices = CHOICES[model]
    rows = ({"model": model, **dict(zip(choices, levels, strict=True))} for levels in product(*choices.values()))
    found = ((row, tried(tiny(row), fabric, tmp_path).faults) for row in rows)
    assert [(row, faults) for row, faults in found if faults] == []


@pytest.mark.parametrize("model", CHOICES)
def test_what_is_tried_here_is_what_hydra_composes(model: str) -> None:
    last = {group: levels[-1] for group, levels in CHOICES[model].items()}
    for row in ({"model": model}, {"model": model, **last}):
        words = [f"{group}={level}" for group, level in row.items()]
        config = compose_config("train", [*words, "logger=disabled", "trainer.accelerator=cpu"])
        assert composed(row)["model"] == config["model"]


def test_every_group_that_a_model_may_swap_is_met() -> None:
    met = set(chain(*CHOICES.values()))
    assert {"encoder", "decoder", "discriminator", "latent_discriminator", "recognizer", "loss/adversarial"} <= met
    assert all(options(group) for group in met)


def numbered(**sizes: int) -> dict[str, list[str]]:
    return {name: [f"{level}" for level in range(size)] for name, size in sizes.items()}


@pytest.mark.parametrize(
    ("choices", "most"),
    [
        ({"m": numbered(a=7, b=6, c=5, d=4)}, 50),
        ({"m": numbered(a=3)}, 3),
        ({"m": numbered(a=4, b=3), "n": numbered(b=3, c=5), "o": numbered(a=4, c=5)}, 20 + 15 + 12),
        ({f"m{n}": numbered(a=4, b=4) for n in range(5)}, 24),
    ],
)
def test_a_covering_array_holds_every_pair_and_is_small(choices: dict[str, dict[str, list[str]]], most: int) -> None:
    rows = list(covering(choices))
    met = {frozenset(pair) for row in rows for pair in combinations(row.items(), 2)}
    for model, groups in choices.items():
        for one, two in combinations({"model": [model], **groups}.items(), 2):
            assert {frozenset(pair) for pair in product(*([(n, level) for level in ls] for n, ls in (one, two)))} <= met
    assert all(set(row) == {"model", *choices[row["model"]]} for row in rows)
    assert len(rows) <= most


def test_a_fault_is_seen(fabric: Fabric, tmp_path: Path) -> None:
    """The checks above can fail: a phase that names a part which it does not reach, and a step that moves nothing."""
    engine = assembled(tiny({"model": "fader_quickstart"}), fabric, tmp_path)
    phase = engine.model.phases[0]
    object.__setattr__(phase, "trains", ("decoder", "latent_discriminator"))
    said = "latent trains ['decoder', 'latent_discriminator'] and"
    assert list(_faults_of_a_play(engine, phase.name)) == [
        f"{said} moved ['latent_discriminator']",
        f"{said} gave gradients to ['latent_discriminator']",
    ]


def test_a_refusal_is_one_line_that_helps(fabric: Fabric, tmp_path: Path) -> None:
    config = tiny({"model": "genegan_quickstart"})
    config["attributes"] = ["Eyeglasses", "Smiling"]
    assert tried(config, fabric, tmp_path) == Outcome(taken=False)
    del config["model"]["adversarial"]
    (fault,) = tried(config, fabric, tmp_path).faults
    assert "not in a line that helps" in fault
