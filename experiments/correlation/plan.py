"""Which runs there are: how strongly two attributes go together, which is edited, by which system, mended or not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from experiments.runs import TrainingRun
from experiments.systems import SYSTEMS, overrides_of
from facegan.data.twinfaces.labels import phi_range

# Edited attribute -> the neighbour that goes with it in the training faces.
PAIRS: Mapping[str, str] = {"Mustache": "Male", "Smiling": "Mouth_Slightly_Open"}
# The same in every set. Near enough to each other that phi 0.9 can be had, far enough apart that with an empty cell the
# other three are filled.
MARGINALS: Mapping[str, float] = {"Mustache": 0.47, "Male": 0.5, "Smiling": 0.5, "Mouth_Slightly_Open": 0.5}
EMPTY = "empty"
HOLLOW = "Mustache"  # the edited attribute whose pair has the empty cell
LEVELS = ("0", "0.5", "0.9", EMPTY)
MENDS = (False, True)


def phis(level: str) -> dict[str, float]:
    """What `data.phi` is. At `empty` no woman has a mustache, and the other pair is as at 0.9: it has no such cell."""
    if level != EMPTY:
        return {f"{neighbour}-{name}": float(level) for name, neighbour in PAIRS.items()}
    most = phi_range(MARGINALS["Male"], MARGINALS["Mustache"])[1]
    return phis("0.9") | {"Male-Mustache": round(most, 4)}


@dataclass(frozen=True, kw_only=True)
class Scale:
    """images: training faces of each run. size: how many different ones. faces: measured, in each direction.

    systems: by edited attribute. levels: of correlation, keys of `phis`. more: overrides of every run.
    """

    images: int
    size: int
    faces: int
    systems: Mapping[str, tuple[str, ...]]
    levels: tuple[str, ...] = LEVELS
    image_size: int = 32
    seeds: tuple[int, ...] = (0, 1, 2)
    more: tuple[str, ...] = field(default=())


SCALES: Mapping[str, Scale] = {
    "small": Scale(
        images=20_000,
        size=10_000,
        faces=256,
        levels=("0", "0.9", EMPTY),
        systems={
            "Mustache": ("residual_images", "genegan", "fader", "attgan"),
            "Smiling": ("genegan", "fader"),
        },
    ),
    "full": Scale(images=200_000, size=20_000, faces=2_000, systems=dict.fromkeys(PAIRS, tuple(SYSTEMS))),
}


@dataclass(frozen=True, kw_only=True)
class Run(TrainingRun):
    """One training run, in a folder of its own. mended: its faces are drawn so that the pair is independent."""

    system: str
    attribute: str
    level: str
    mended: bool
    seed: int
    scale: Scale = field(compare=False)

    @property
    def name(self) -> str:
        mend = "-mended" if self.mended else ""
        return f"{self.system}-{self.attribute}-{self.level}{mend}-s{self.seed}"

    @property
    def images(self) -> int:
        return self.scale.images

    @property
    def known(self) -> tuple[str, ...]:
        """The attributes that the model is told: a system for several knows the neighbour, too."""
        neighbour = () if SYSTEMS[self.system].single else (PAIRS[self.attribute],)
        return self.attribute, *neighbour

    def overrides(self) -> list[str]:
        """What follows `facegan train`."""
        pair = f"decorrelate.draws=[{self.attribute},{PAIRS[self.attribute]}]"
        return [
            *overrides_of(self.system, self.images),
            f"attributes=[{','.join(self.known)}]",
            f"+data.phi={_mapping(phis(self.level))}",
            f"+data.marginals={_mapping(MARGINALS)}",
            *([pair] if self.mended else []),
            f"data.size={self.scale.size}",
            f"data.image_size={self.scale.image_size}",
            f"seed={self.seed}",
            f"run={self.folder.root}",
            *self.scale.more,
        ]


def _mapping(values: Mapping[str, float]) -> str:
    return "{" + ",".join(f"{name}:{value}" for name, value in values.items()) + "}"


def all_runs(scale: Scale, root: Path) -> list[Run]:
    """All runs; whole seeds first. Nothing is mended where pairs are independent; one pair only has an empty cell."""
    return [
        Run(system=system, attribute=attribute, level=level, mended=mended, seed=seed, scale=scale, root=root)
        for seed in scale.seeds
        for attribute, systems in scale.systems.items()
        for level in scale.levels
        for system in systems
        for mended in MENDS
        if not (mended and level == "0") and not (level == EMPTY and attribute != HOLLOW)
    ]
