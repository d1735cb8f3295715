"""Which runs there are: a mean for each task and seed, and games that begin with it, at each adversary's weight."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from experiments.runs import TrainingRun

# Small enough that the small picture does not say whether somebody wears glasses, or which letter it is.
TIMES = {"faces": 8, "plates": 4}
DATA: Mapping[str, Sequence[str]] = {"faces": ("data=twinfaces",), "plates": ("data=plates",)}


@dataclass(frozen=True, kw_only=True)
class Scale:
    """mean_images, game_images: training pictures of a run, by task. weights: of the adversary in training, rising.

    size: how many different ones. pictures: measured. The last weight's game is the one that the dial turns to.
    rows, columns: of letters on a plate.
    """

    mean_images: int
    game_images: Mapping[str, int]
    pictures: int
    weights: Mapping[str, tuple[float, ...]]
    size: int = 10_000
    image_size: int = 32
    rows: int = 1
    columns: int = 2
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    more: tuple[str, ...] = ()  # overrides of every run
    game: tuple[str, ...] = ()  # and of every game


SCALES: Mapping[str, Scale] = {
    "small": Scale(
        mean_images=20_000,
        game_images={"faces": 16_000, "plates": 9_600},
        pictures=500,
        weights={"faces": (0.001, 0.003, 0.01), "plates": (0.01,)},
    ),
    "full": Scale(
        mean_images=400_000,
        game_images={"faces": 400_000, "plates": 400_000},
        pictures=2_000,
        size=20_000,
        weights={"faces": (0.001, 0.002, 0.005, 0.01, 0.02), "plates": (0.001, 0.003, 0.01)},
        image_size=64,
        rows=2,
        columns=3,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Job(TrainingRun):
    """One training run. weight: of the adversary; 0 for the regression with which the others begin."""

    task: str
    weight: float
    seed: int
    scale: Scale = field(hash=False)  # it holds tables

    @property
    def name(self) -> str:
        return f"{self.task}-{self.weight:g}-s{self.seed}"

    @property
    def images(self) -> int:
        return self.scale.game_images[self.task] if self.weight else self.scale.mean_images

    @property
    def boldest(self) -> bool:
        """Whether the dial turns to this game."""
        return self.weight == self.scale.weights[self.task][-1]

    @property
    def mean(self) -> "Job":
        """The regression with which this game begins."""
        return Job(task=self.task, weight=0.0, seed=self.seed, scale=self.scale, root=self.root)

    def overrides(self) -> list[str]:
        """What follows `facegan train`."""
        letters = [f"+data.rows={self.scale.rows}", f"+data.columns={self.scale.columns}"]
        return [
            "experiment=invention",
            *DATA[self.task],
            *letters * (self.task == "plates"),
            *(self._game() if self.weight else ("model=srresnet_quickstart", "loss/reconstruction=l2")),
            f"model.scale={TIMES[self.task]}",
            f"data.size={self.scale.size}",
            f"data.image_size={self.scale.image_size}",
            f"trainer.images={self.images}",
            f"seed={self.seed}",
            f"run={self.folder.root}",
            *self.scale.more,
        ]

    def _game(self) -> tuple[str, ...]:
        """PAN's wiring without what makes it PAN's: pixels (L1) and an adversary."""
        return (
            "model=pan_quickstart",
            "loss/adversarial=nonsaturating",
            "loss/reconstruction=l1",
            "discriminator=small",
            "model.keep_mean=true",
            "model.pretrain_rounds=0",
            f"init_from.run={self.mean.folder.root}",
            'init_from.parts=[upscaler,"mean=upscaler"]',
            "model.weights.critic.adversarial=1",
            "model.weights.critic.margin=0",
            "model.weights.generator.matching=0",
            "model.weights.generator.reconstruction=1",
            f"model.weights.generator.adversarial={self.weight:g}",
            *self.scale.game,
        )


def means(scale: Scale, root: Path) -> list[Job]:
    """The regressions, without which no game begins; whole seeds first, so that what is there early is something."""
    return [
        Job(task=task, weight=0.0, seed=seed, scale=scale, root=root) for seed in scale.seeds for task in scale.weights
    ]


def games(scale: Scale, root: Path) -> list[Job]:
    """The games: first those to which the dial turns, of all seeds."""
    return [
        Job(task=task, weight=weights[-1 - place], seed=seed, scale=scale, root=root)
        for place in range(max(map(len, scale.weights.values())))
        for seed in scale.seeds
        for task, weights in scale.weights.items()
        if place < len(weights)
    ]
