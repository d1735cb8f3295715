"""The published protocols by name, from a config to one with its settings."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from facegan.errors import UserError
from facegan.evaluation.published.attgan_accuracy import AttGANAccuracy
from facegan.evaluation.published.attgan_reconstruction import AttGANReconstruction
from facegan.evaluation.published.protocol import Published
from facegan.evaluation.published.zsc_fid import ZscFID

PUBLISHED: Mapping[str, type[Published]] = {
    protocol.name: protocol for protocol in (AttGANAccuracy, AttGANReconstruction, ZscFID)
}


def published_of(name: str, config: Mapping[str, Any]) -> Published:
    """The protocol with the settings that its config has. Raises UserError for values of another kind."""
    values = {field.name: config[field.name] for field in fields(PUBLISHED[name])}
    for key, value in values.items():
        if key != "weights" and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise UserError(f"{key}={value}: a number is needed.")
        if key in ("faces", "chunk", "epochs") and not isinstance(value, int):
            raise UserError(f"{key}={value}: a whole number is needed.")
    return PUBLISHED[name](**values)
