"""Semi-Latent GAN's hallmark: labelled attributes as asked, in rare company too, and unlabelled ones in its codes.

Legend: N faces, K attributes of the model, S pixels.
"""

from collections.abc import Sequence
from itertools import product

import torch
from PIL import Image
from torch import Tensor

from facegan.attributes import position, positions
from facegan.data.twinfaces import ATTRIBUTES, render, sample
from facegan.evaluation.asking import DIRECTIONS, VALUE, Direction
from facegan.evaluation.judges import Judge
from facegan.evaluation.measures.probe import probe
from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.measures.success import balanced_success, judged_success
from facegan.evaluation.pictures import Column, grid
from facegan.hallmarks.base import Hallmark, Measured, Subject
from facegan.hallmarks.latent import generated, latent_codes, latent_part, most_recovered

ROWS = 3
PART = 500
REAL = "judge on real faces"


class SemiLatentHallmark(Hallmark):
    """rare: an attribute's value by name, a combination that the training data hardly have.

    faces: generated ones for each combination of attributes, and edited ones in each direction. codes: how many faces
    the codes are read off and compared with. steps: of the training of the network that reads factors off faces.
    """

    def __init__(self, *, rare: dict[str, int], faces: int = 128, codes: int = 3000, steps: int = 500) -> None:
        self.rare, self.faces, self.codes, self.steps = dict(rare), faces, codes, steps

    def measure(self, subject: Subject) -> Sequence[Measured]:
        """What generated and edited faces show, what the codes tell of a factor, and what of the labels."""
        edited = [self._edited(subject, direction) for direction in DIRECTIONS]
        return [*self._shown(subject), self._rare(subject), *edited, self._recovered(subject), self._labels(subject)]

    def _shown(self, subject: Subject) -> list[Measured]:
        """Every combination of attributes, as often as any other."""
        names = subject.model.attributes
        wanted = torch.tensor(list(product([0.0, 1.0], repeat=len(names)))).repeat(self.faces, 1)
        images, judge = generated(subject, wanted), subject.judge(*names)
        figures = []
        for column, name in enumerate(names):
            right = balanced_success(judge.logits(images, name), wanted[:, column])
            figures.append(
                Measured(
                    name=f"shown_{name}", unit="share", value=right.pooled, count=right.count,
                    means=f"generated faces that show or lack {name} as asked, both values alike",
                    lines={"chance": 0.5, REAL: judge.accuracy[name].balanced},
                )
            )  # fmt: skip
        return figures

    def _rare(self, subject: Subject) -> Measured:
        """The rare combination as a whole, whatever the others; beside faces asked for the opposite.

        Their difference, since a judge that always says the same would see it in whatever it is shown.
        """
        asked, opposite = (self._asked_whole(subject, turned) for turned in (False, True))
        title = ", ".join(f"{name}={value}" for name, value in self.rare.items())
        return Measured(
            name="rare", unit="share", value=asked.pooled - opposite.pooled, count=asked.count,
            means=f"faces asked for {title} that show all of it, above those asked for the opposite",
            lines={REAL: self._real_whole(subject, False).pooled - self._real_whole(subject, True).pooled},
        )  # fmt: skip

    def _values(self, turned: bool) -> dict[str, int]:
        return {name: 1 - value if turned else value for name, value in self.rare.items()}

    def _asked_whole(self, subject: Subject, turned: bool) -> Ratio:
        """Which generated faces show all of the rare combination. turned: they were asked for the opposite."""
        names = subject.model.attributes
        wanted = torch.randint(2, (4 * self.faces, len(names))).float()
        for name, value in self._values(turned).items():
            wanted[:, position(name, names)] = value
        return self._whole(subject.judge(*names), generated(subject, wanted))

    def _real_whole(self, subject: Subject, turned: bool) -> Ratio:
        """The same of real faces that have it, or the opposite."""
        faces = sample(torch.arange(16 * self.faces), seed=subject.seed, split="test")
        values = torch.tensor(list(self._values(turned).values()))
        real = faces[(faces.labels[:, positions(tuple(self.rare), ATTRIBUTES)] == values).all(1)]
        return self._whole(subject.judge(*subject.model.attributes), render(real, image_size=subject.image_size))

    def _whole(self, judge: Judge, images: Tensor) -> Ratio:
        right = [judged_success(judge.logits(images, name), value).above for name, value in self.rare.items()]
        return Ratio.of(torch.stack(right).amin(0))

    def _edited(self, subject: Subject, direction: Direction) -> Measured:
        """The attribute that fares worst, by what the judge sees in true twins, since it knows some badly."""
        found = {name: self._one(subject, name, direction) for name in subject.model.attributes}
        share = {name: success / max(true, 1e-6) for name, (success, true) in found.items()}
        worst = min(share, key=share.__getitem__)
        return Measured(
            name=f"edited_{direction}", value=share[worst], count=self.faces,
            means=f"{direction}: judged success over that of true twins, of the attribute that fares worst, {worst}",
            lines={"judged success": found[worst][0], "judge on true twins": found[worst][1]},
        )  # fmt: skip

    def _one(self, subject: Subject, name: str, direction: Direction) -> tuple[float, float]:
        """Judged success of edits, and of the true twins."""
        case, asked = subject.cases(name, direction, self.faces), subject.asked(name)
        judge = subject.judge(*subject.model.attributes)
        faces = asked.change(direction, case.source, case.labels, case.exemplar)
        edited, true = (judged_success(judge.logits(x, name), VALUE[direction]).pooled for x in (faces, case.twin))
        return edited, true

    def _recovered(self, subject: Subject) -> Measured:
        """Codes drawn anew for every generated face, attributes and noise too."""
        numbers = latent_codes(subject).numbers(self.codes)
        wanted = torch.randint(2, (self.codes, len(subject.model.attributes))).float()
        return most_recovered(subject, numbers, generated(subject, wanted, numbers), steps=self.steps)

    def _labels(self, subject: Subject) -> Measured:
        """The label that a fresh probe finds best in the latent codes of real faces."""
        names, width = subject.model.attributes, latent_codes(subject).width
        faces = sample(torch.arange(self.codes * 3 // 2), seed=subject.seed, split="test")
        parts = [render(faces[slice(i, i + PART)], image_size=subject.image_size) for i in range(0, len(faces), PART)]
        encode = subject.verb("encode")
        codes = torch.cat([latent_part(encode(part), len(names), width) for part in parts])
        learn, exam = slice(0, self.codes), slice(self.codes, None)
        found = dict[str, float]()
        for name in names:
            labels = faces.labels[:, position(name, ATTRIBUTES)]
            right = probe(
                codes[learn], labels[learn], codes[exam], labels[exam], seed=subject.seed, steps=3 * self.steps
            )
            found[name] = right.pooled
        best = max(found, key=found.__getitem__)
        return Measured(
            name="labels_from_codes", unit="share", value=found[best], count=len(faces) - self.codes,
            means=f"a fresh probe on the latent codes of real faces finds a label ({best}; balanced accuracy)",
            lines={"chance": 0.5},
        )  # fmt: skip

    def picture(self, subject: Subject) -> Image.Image:
        """Three draws of everything else, as they are asked for attributes, and along each latent code."""
        names, codes = subject.model.attributes, latent_codes(subject)
        asked = [
            Column(name.replace("_", "\n"), same_draws(subject, torch.eye(len(names))[k]))
            for k, name in enumerate(names)
        ]
        rare = torch.tensor([float(self.rare.get(name, 0)) for name in names])
        title = "\n".join(f"{name}={value}" for name, value in self.rare.items())
        along = [
            Column(f"{name}\n{value:g}", same_draws(subject, torch.zeros(len(names)), {name: value}))
            for name in codes.names
            for value in ((0, 1) if name.startswith("category") else (-2, 2))
        ]
        first = [Column("none of\nthem", same_draws(subject, torch.zeros(len(names)))), *asked]
        return grid([[*first, Column(title, same_draws(subject, rare))], along], title="Generated faces")


def same_draws(subject: Subject, wanted: Tensor, codes: dict[str, float] | None = None) -> Tensor:
    """ROWS faces of the same draws whatever is asked, with these K attributes and these latent codes by name."""
    names = latent_codes(subject).names
    numbers = torch.full((ROWS, len(names)), torch.nan)
    for name, value in (codes or {}).items():
        numbers[:, names.index(name)] = value
    return generated(subject, wanted.expand(ROWS, -1), numbers)
