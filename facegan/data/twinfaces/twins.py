"""The same face with one attribute changed, exactly."""

from dataclasses import replace

import torch
from torch import Tensor

from facegan.attributes import position
from facegan.data.twinfaces.factors import Faces
from facegan.data.twinfaces.styles import ATTRIBUTES, STYLE_SIZE, checked_value


def with_attribute(faces: Faces, attribute: str, value: int, style: Tensor | None = None) -> Faces:
    """The faces with an attribute switched off (0) or on (1).

    style: STYLE_SIZE or N x STYLE_SIZE quantiles in [0, 1]; without it each face wears its own dormant style.
    """
    place = position(attribute, ATTRIBUTES)
    value = checked_value(attribute, value)
    labels = faces.labels.clone()
    labels[:, place] = value
    if style is None:
        return replace(faces, labels=labels)
    if style.shape not in ((STYLE_SIZE,), (len(faces), STYLE_SIZE)):
        raise ValueError(
            f"style: shape {tuple(style.shape)} does not fit {len(faces)} faces; "
            f"({STYLE_SIZE},) or ({len(faces)}, {STYLE_SIZE}) fits."
        )
    styles = faces.styles.clone()
    styles[:, place, value] = style.to(styles)
    return replace(faces, labels=labels, styles=styles)


def exemplar_twin(faces: Faces, exemplars: Faces, attribute: str) -> Faces:
    """The faces with label and style of an attribute from the exemplars, the i-th from the i-th; all else their own."""
    if len(faces) != len(exemplars):
        raise ValueError(f"exemplars: {len(exemplars)} for {len(faces)} faces; one for each face is needed.")
    place = position(attribute, ATTRIBUTES)
    labels, styles = faces.labels.clone(), faces.styles.clone()
    labels[:, place] = exemplars.labels[:, place]
    rows, worn = torch.arange(len(faces)), exemplars.labels[:, place].long()
    styles[rows, place, worn] = exemplars.shown(attribute)
    return replace(faces, labels=labels, styles=styles)


def style_twins(faces: Faces, attribute: str, value: int, styles: Tensor) -> Faces:
    """Every face in each of M styles (M x STYLE_SIZE): N * M faces, those of a face in a row."""
    if styles.ndim != 2 or styles.shape[1] != STYLE_SIZE:
        raise ValueError(f"styles: shape {tuple(styles.shape)}; M x {STYLE_SIZE} fits, as style_library gives.")
    return with_attribute(faces.repeat(len(styles)), attribute, value, styles.repeat(len(faces), 1))
