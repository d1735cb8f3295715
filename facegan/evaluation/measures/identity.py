"""Identity kept: how alike the persons of two pictures are in the eyes of an embedder."""

from torch import Tensor

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

IDENTITY = About(
    name="identity",
    title="Identity kept",
    unit="cosine, -1 to 1; read it between other persons and the same person",
    better="higher",
    means="Cosine between the embeddings of the face and of what was made of it, by an embedder that no model was "
    "trained with; the report names it. Beside an edit: another picture of the same person, and another person.",
    blind="Whatever the embedder forgives by design (TwinFaces: pose, light, background, every attribute), and whether "
    "anything was edited: doing nothing keeps a person best.",
    source="Common use; the embedder on photographs is dlib's (King 2009).",
)


def likeness(embeddings: Tensor, others: Tensor) -> Ratio:
    """Cosine of each pair, -1 to 1, higher is more alike. embeddings, others: N x D of length 1; NaN: no such pair."""
    cosine = (embeddings * others).sum(1)
    known = ~cosine.isnan()
    return Ratio(cosine.nan_to_num(nan=0.0), known.to(cosine.dtype))


def verification(same: Tensor, other: Tensor) -> float:
    """The best balanced accuracy at which a threshold tells pairs of one person from pairs of two, 0.5 to 1.

    same, other: the cosines of N and M such pairs.
    """
    marks = same.unique()
    if not len(marks) or not len(other):
        return float("nan")
    hits = (same[:, None] >= marks).float().mean(0)
    passes = (other[:, None] >= marks).float().mean(0)
    return max(0.5, float(((hits + 1 - passes) / 2).max()))
