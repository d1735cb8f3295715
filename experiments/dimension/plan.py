"""Which runs there are: how many factors of the glasses' style are free, which models, which seeds, how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments.runs import TrainingRun

ATTRIBUTE = "Eyeglasses"

# In the order in which they become free: each shows at 32 pixels, and none hides the eyes.
FACTORS = ("hue", "tint", "size", "thickness")
MIDDLE = 0.5
# Never free: round frames (square ones would bring styles held out of training into the test), no cat's eye, whole
# rims, and lenses through which the eyes are seen, so that taking glasses off never has to invent anything.
STILL = {"square": 0.25, "cat": 0.5, "rim": 0.5, "opacity": 0.5}

# A U-Net, since under so short a training the quick start's own translator has not learned to keep a face yet.
MODELS: Mapping[str, tuple[str, ...]] = {
    "cyclegan": ("model=cyclegan_quickstart", "translator=unet", "optimizer.lr=2.0e-3"),
    "genegan": ("model=genegan_quickstart",),
}
NAMES = {"cyclegan": "CycleGAN", "genegan": "GeneGAN"}


def frozen_styles(free: int) -> dict[str, dict[str, float]]:
    """What `data.frozen_styles` is where the first `free` factors are free."""
    return {ATTRIBUTE: {**STILL, **dict.fromkeys(FACTORS[free:], MIDDLE)}}


@dataclass(frozen=True, kw_only=True)
class Scale:
    """images: training faces of each run. size: how many different ones. faces: those that are measured."""

    images: int
    size: int
    faces: int
    image_size: int = 32
    free: tuple[int, ...] = (0, 1, 2, 3, 4)
    models: tuple[str, ...] = tuple(MODELS)
    seeds: tuple[int, ...] = (0, 1, 2)


SCALES: Mapping[str, Scale] = {
    "small": Scale(images=40_000, size=10_000, faces=256),
    "full": Scale(images=264_000, size=20_000, faces=1_000),
}


@dataclass(frozen=True, kw_only=True)
class Job(TrainingRun):
    """One training run, in a folder of its own."""

    model: str
    free: int
    seed: int
    scale: Scale

    @property
    def name(self) -> str:
        return f"{self.model}-{self.free}-s{self.seed}"

    @property
    def images(self) -> int:
        return self.scale.images

    def overrides(self) -> list[str]:
        """What follows `facegan train`."""
        factors = ",".join(f"{name}:{at}" for name, at in frozen_styles(self.free)[ATTRIBUTE].items())
        return [
            "experiment=dimension",
            *MODELS[self.model],
            f"+data.frozen_styles={{{ATTRIBUTE}:{{{factors}}}}}",
            f"data.size={self.scale.size}",
            f"data.image_size={self.scale.image_size}",
            f"trainer.images={self.scale.images}",
            f"seed={self.seed}",
            f"run={self.folder.root}",
        ]


def all_jobs(scale: Scale, root: Path) -> list[Job]:
    """All runs; whole seeds first, so that what is there early can be looked at."""
    return [
        Job(model=model, free=free, seed=seed, scale=scale, root=root)
        for seed in scale.seeds
        for free in scale.free
        for model in scale.models
    ]
