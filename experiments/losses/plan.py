"""Which runs there are: each model under each loss of two sweeps, at each learning rate and seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from experiments.runs import TrainingRun
from facegan.config import conf_dir

ATTRIBUTE = "Eyeglasses"
NONE = "none"
ADVERSARIES = (
    "nonsaturating", "least_squares", "hinge", "relativistic", "wasserstein_clip", "wasserstein_gp",
    "wasserstein_gp_onesided", "r1",
)  # fmt: skip
RECONSTRUCTIONS = ("l1", "l2", "ms_ssim", "perceptual")
# Beside L1: slopes of L1 and L2 are equal at an error of 5 % of the range (0.1 in [-1, 1]); MS-SSIM's is left as it is.
WEIGHS = {"l1": 1.0, "l2": 5.0, "ms_ssim": 1.0, "perceptual": 1.0}


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A model. rate: its quick start's. game: the weight by which an image adversary counts; None where it has none.

    pictures: the weights of its reconstruction terms under L1.
    """

    name: str
    rate: float
    game: str | None
    pictures: Mapping[str, float]


MODELS: Mapping[str, Trained] = {
    "genegan": Trained(
        name="GeneGAN", rate=2e-3, game="generator.adversarial", pictures={"generator.reconstruction": 10.0}
    ),
    "semilatent": Trained(
        name="Semi-Latent GAN", rate=1e-3, game="generate.adversarial", pictures={"reconstruct.reconstruction": 2.0}
    ),
    "conditional_cyclegan": Trained(
        name="Conditional CycleGAN",
        rate=1e-3,
        game="generator.adversarial",
        pictures={"generator.cycle_low": 30.0, "generator.cycle_high": 10.0},
    ),
    "fader": Trained(name="Fader", rate=4e-4, game=None, pictures={"autoencoder.reconstruction": 0.2}),
}


@dataclass(frozen=True, kw_only=True, order=True)
class Cell:
    """adversary: an option of loss/adversarial, or NONE. reconstruction: an option of loss/reconstruction."""

    adversary: str
    reconstruction: str

    def __str__(self) -> str:
        return f"{self.adversary}-{self.reconstruction}"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """images: training faces of each run, by model. faces: measured ones in each direction. rates: times the quick
    start's learning rate; with several, the one of the best mean validation score over seeds stands for its cell.
    """

    images: Mapping[str, int]
    size: int
    faces: int
    adversaries: Sequence[str]
    reconstructions: Sequence[str]
    rates: Sequence[float] = (1.0,)
    image_size: int = 32
    seeds: tuple[int, ...] = (0, 1, 2)


# Images follow from what a model costs; they are equal for all losses of one model.
SCALES: Mapping[str, Scale] = {
    "small": Scale(
        images={"genegan": 20_000, "semilatent": 9_000, "conditional_cyclegan": 7_000, "fader": 30_000},
        size=10_000,
        faces=256,
        adversaries=("nonsaturating", "least_squares", "hinge", "wasserstein_gp"),
        reconstructions=("l1", "l2", "ms_ssim"),
    ),
    "full": Scale(
        images=dict.fromkeys(MODELS, 200_000),
        size=20_000,
        faces=2_000,
        adversaries=ADVERSARIES,
        reconstructions=RECONSTRUCTIONS,
        rates=(1.0, 0.3),
        image_size=64,
        seeds=(0, 1, 2, 3, 4),
    ),
}


def exists(reconstruction: str) -> bool:
    """Whether conf/ has this loss."""
    return (conf_dir() / "loss" / "reconstruction" / f"{reconstruction}.yaml").is_file()


def cells(model: str, scale: Scale) -> list[Cell]:
    """The adversarial sweep at L1, then the reconstruction sweep at none and at hinge; losses that conf/ has not are
    left out. A model without an image adversary has the second at none alone.
    """
    kinds = [kind for kind in scale.reconstructions if exists(kind)]
    games = (NONE, *scale.adversaries) if MODELS[model].game else (NONE,)
    both = [NONE, "hinge"] if MODELS[model].game else [NONE]
    first = [Cell(adversary=game, reconstruction="l1") for game in games]
    second = [Cell(adversary=game, reconstruction=kind) for game in both for kind in kinds]
    return list(dict.fromkeys([*first, *second]))


@dataclass(frozen=True, kw_only=True)
class Job(TrainingRun):
    """One training run, in a folder of its own."""

    model: str
    cell: Cell
    rate: float
    seed: int
    scale: Scale = field(hash=False)  # it holds tables

    @property
    def name(self) -> str:
        return f"{self.model}-{self.cell}-r{self.rate:g}-s{self.seed}"

    @property
    def images(self) -> int:
        return self.scale.images[self.model]

    def overrides(self) -> list[str]:
        """What follows `facegan train`."""
        trained = MODELS[self.model]
        factor = WEIGHS[self.cell.reconstruction]
        several = len(self.scale.rates) > 1
        return [
            "experiment=losses",
            f"model={self.model}_quickstart",
            f"loss/reconstruction={self.cell.reconstruction}",
            *(f"model.weights.{term}={weight * factor:g}" for term, weight in trained.pictures.items()),
            *self._game(trained.game),
            f"attributes=[{ATTRIBUTE}]",
            f"optimizer.lr={trained.rate * self.rate:g}",
            f"data.size={self.scale.size}",
            f"data.image_size={self.scale.image_size}",
            f"trainer.images={self.images}",
            f"trainer.validate_every={self.images if several else 0}",
            f"seed={self.seed}",
            f"run={self.folder.root}",
        ]

    def _game(self, term: str | None) -> list[str]:
        """Without an adversary the critic still plays and reads attributes, but nobody is asked to fool it."""
        if self.cell.adversary != NONE:
            return [f"loss/adversarial={self.cell.adversary}"]
        return [f"model.weights.{term}=0"] if term else []


def all_jobs(scale: Scale, root: Path) -> list[Job]:
    """All runs; whole seeds first, so that what is there early can be looked at."""
    return [
        Job(model=model, cell=cell, rate=rate, seed=seed, scale=scale, root=root)
        for seed in scale.seeds
        for model in scale.images
        for cell in cells(model, scale)
        for rate in scale.rates
    ]
