"""What the hallmarks of systems with unlabelled latent codes share."""

import torch
from torch import Tensor

from facegan.errors import UserError
from facegan.evaluation.measures.recovered import TRUSTED, gauge, recovered
from facegan.hallmarks.base import Measured, Subject
from facegan.models.codes import Codes

PART = 500


def latent_codes(subject: Subject) -> Codes:
    """The codes by which the model generates. Raises UserError where it has none."""
    codes = getattr(subject.model, "codes", None)
    if not isinstance(codes, Codes):
        raise UserError(f"{type(subject.model).__name__} has no latent codes.")
    return codes


def generated(subject: Subject, wanted: Tensor, codes: Tensor | None = None) -> Tensor:
    """Faces N x 3 x S x S as wanted, N x K; each part of them from a seed of its own. codes: latent ones by number."""
    generate, parts = subject.verb("generate"), []
    for number, part in enumerate(torch.arange(len(wanted)).split(PART)):
        options = {} if codes is None else {"codes": codes[part]}
        parts.append(generate(wanted[part], seed=subject.seed + number, **options))
    return torch.cat(parts).clamp(-1.0, 1.0)


def most_recovered(subject: Subject, numbers: Tensor, faces: Tensor, *, steps: int) -> Measured:
    """The factor that latent codes tell best. numbers: the codes of generated faces N x 3 x S x S, drawn for each.

    steps: of the gauge's training.
    """
    read, codes = gauge(subject.image_size, steps=steps), latent_codes(subject)
    told = torch.where(read.trust >= TRUSTED, recovered(codes.vectors(numbers), read(faces)), 0.0)
    best = int(told.argmax())
    return Measured(
        name="recovered", unit="share", value=float(told[best]), count=len(faces) // 2,
        means=f"variance of an unlabelled factor ({read.names[best]}) that the latent codes of generated faces tell",
        lines={"the gauge on real faces": float(read.trust[best])},
    )  # fmt: skip


def latent_part(code: Tensor, users: int, width: int) -> Tensor:
    """The latent attributes of a code: what follows the users' own in a vector, and all of anything else."""
    return code[:, users : users + width] if code.ndim == 2 else code.flatten(1)
