"""A second opinion: judged success in the eyes of another architecture, and how often the two part."""

import torch

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

SECOND_SUCCESS = About(
    name="second_success",
    title="Judged success, second judge",
    unit="share of faces, 0 to 1",
    better="higher",
    means="Judged success by another judge: patches, wide windows and attention where the first is a pyramid of small "
    "convolutions; other faces, partial edits among them.",
    blind="What judged success cannot see. It is a second reading, not a second sample: both were taught by the same "
    "renderer, or the same photographs.",
)

SECOND_CORRECTED = About(
    name="second_corrected_success",
    title="Judged success, second judge, corrected",
    unit="share of faces, 0 to 1",
    better="higher",
    means="The same, freed of that judge's own errors by its sensitivity and specificity.",
    blind="That the judge errs on edits otherwise than on the real faces on which it was examined.",
    source="Rogan and Gladen 1978.",
)

DISAGREEMENT = About(
    name="disagreement",
    title="Judges disagree",
    unit="share of faces, 0 to 1",
    better="neither",
    means="The share of edited faces that one judge counts as a success and the other does not.",
    blind="Which of the two is right. Beside a success of 50 % it may be large by chance alone; read it against the "
    "line of perfect edits.",
)


def disagreement(first: Ratio, second: Ratio) -> Ratio:
    """1 where two judges' successes of the same faces differ, else 0: 0 to 1; no merit, a warning."""
    return Ratio.of(torch.ne(first.above, second.above).float())
