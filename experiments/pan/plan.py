"""Which runs there are: a beginning for each task and seed, and what each choice of terms makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from experiments.runs import TrainingRun
from facegan.data.twinfaces import ATTRIBUTES

TASKS: Mapping[str, Sequence[str]] = {
    "superres": ("model.scale=4", "degradation=bicubic"),
    "rain": ("model.scale=1", "degradation=rain"),
}
TASK_NAMES = {"superres": "super-resolution, 8 to 32 pixels", "rain": "rain removal"}

# A term's weight wherever it counts; PAN's is that of the generator's matching, and the critic's margin counts with it.
# At the values of a trial perceptual and PAN are about half of the pixel term.
WEIGHTS: Mapping[str, float] = {"pixel": 1.0, "perceptual": 0.2, "adversarial": 0.01, "pan": 0.5}
TERMS = {"pixel": "reconstruction", "perceptual": "content", "adversarial": "adversarial", "pan": "matching"}
MARGIN = 1.0
IDLE = 4
"""The width of a critic to which nobody listens."""
LOOKING = ("+extractor=small", "+loss/perceptual=l1")
PIXEL = ("pixel",)
CELLS: Sequence[tuple[str, ...]] = (
    PIXEL,
    ("perceptual",),
    ("adversarial",),
    ("pan",),
    ("pan", "adversarial"),
    ("pixel", "perceptual"),
    ("pixel", "adversarial"),
    ("pixel", "pan"),
    ("pixel", "perceptual", "adversarial", "pan"),
)
CONTROL = tuple(cell for cell in CELLS if cell not in (("adversarial",), ("pixel", "perceptual"), CELLS[-1]))
"""What is asked of the control at the small scale, to save time."""
PUBLISHED = ("pan", "adversarial")
"""What PAN's paper calls PAN."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """begin_images: of the beginnings, half of them for the regression, half for what the extractor learns.

    images, cells: of the runs that follow, by task. size: how many different ones. faces: measured.
    """

    begin_images: int
    images: Mapping[str, int]
    faces: int
    size: int = 10_000
    image_size: int = 32
    width: int = 24  # of the generator, which has `blocks` residual blocks
    blocks: int = 3
    cells: Mapping[str, Sequence[tuple[str, ...]]] = field(default_factory=lambda: dict.fromkeys(TASKS, CELLS))
    seeds: tuple[int, ...] = (0, 1, 2)


SCALES: Mapping[str, Scale] = {
    "small": Scale(
        begin_images=16_000,
        images={"superres": 4_800, "rain": 2_400},
        cells={"superres": CELLS, "rain": CONTROL},
        faces=500,
    ),
    "full": Scale(
        begin_images=200_000, images=dict.fromkeys(TASKS, 400_000), faces=2_000, size=20_000, image_size=64,
        width=64, blocks=8, seeds=(0, 1, 2, 3, 4),
    ),
}  # fmt: skip
BATCH = 16


@dataclass(frozen=True, kw_only=True)
class Job(TrainingRun):
    """One training run. cell: the terms that count; none for the beginning."""

    task: str
    cell: tuple[str, ...]
    seed: int
    scale: Scale = field(hash=False)  # it holds lists

    @property
    def name(self) -> str:
        return f"{self.task}-{'+'.join(self.cell) or 'begin'}-s{self.seed}"

    @property
    def images(self) -> int:
        return self.scale.images[self.task] if self.cell else self.scale.begin_images

    @property
    def beginning(self) -> "Job":
        """Whose generator and extractor this run goes on with."""
        return Job(task=self.task, cell=(), seed=self.seed, scale=self.scale, root=self.root)

    def overrides(self) -> list[str]:
        """What follows `facegan train`."""
        return [
            "experiment=pan",
            "model=pan_quickstart",
            *TASKS[self.task],
            "upscaler=small",
            f"++model.upscaler.width={self.scale.width}",
            f"++model.upscaler.blocks={self.scale.blocks}",
            "discriminator=small",
            "loss/adversarial=nonsaturating",
            "loss/matching=all",
            "loss/reconstruction=l1",
            "model.keep_mean=false",
            *(self._game() if self.cell else self._begin()),
            f"data.size={self.scale.size}",
            f"data.image_size={self.scale.image_size}",
            f"trainer.images={self.images}",
            f"seed={self.seed}",
            f"run={self.folder.root}",
        ]

    def _begin(self) -> Sequence[str]:
        """Regression and the extractor's attributes by turns, and no game."""
        rounds = self.scale.begin_images // (2 * BATCH)
        return (
            *LOOKING,
            f"attributes=[{','.join(ATTRIBUTES)}]",
            "+latent_discriminator@model.head=small",
            "+model.weights.features.recognition=1",
            "+model.weights.generator.content=0",
            f"++model.discriminator.width={IDLE}",
            f"model.pretrain_rounds={rounds}",
            f"+model.features_rounds={rounds}",
        )

    def _game(self) -> Sequence[str]:
        """The terms of the cell at their weights. Who has nothing to say there is not built, or as narrow as can be."""
        weights = {term: WEIGHTS[name] if name in self.cell else 0.0 for name, term in TERMS.items()}
        looks = "perceptual" in self.cell
        if not looks:
            del weights[TERMS["perceptual"]]
        return (
            *LOOKING * looks,
            *(f"++model.discriminator.width={IDLE}",) * {"adversarial", "pan"}.isdisjoint(self.cell),
            "model.pretrain_rounds=0",
            f"model.margin={MARGIN:g}",
            f"init_from.run={self.beginning.folder.root}",
            f"init_from.parts=[upscaler{',extractor' * looks}]",
            *(f"++model.weights.generator.{term}={weight:g}" for term, weight in weights.items()),
            f"model.weights.critic.margin={1 if 'pan' in self.cell else 0}",
            "model.weights.critic.adversarial=1",
        )


def beginnings(scale: Scale, root: Path) -> list[Job]:
    """One for each task and seed; whole seeds first."""
    return [Job(task=task, cell=(), seed=seed, scale=scale, root=root) for seed in scale.seeds for task in scale.images]


def all_jobs(scale: Scale, root: Path) -> list[Job]:
    """The runs that go on from them, whole seeds first, so that what is there early can be looked at."""
    return [
        Job(task=task, cell=cell, seed=seed, scale=scale, root=root)
        for seed in scale.seeds
        for task in scale.images
        for cell in scale.cells[task]
    ]
