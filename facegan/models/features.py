"""Reconstruction where a discriminator sees it, checked when the model is built."""

import torch

from facegan.losses.features import FeatureReconstruction
from facegan.losses.reconstruction import Reconstruction
from facegan.networks.contracts import Discriminator
from facegan.networks.errors import PartError


def feature_reconstruction(
    distance: Reconstruction, discriminator: Discriminator, *, image_size: int, layer: int
) -> FeatureReconstruction:
    """The distance, taken on map `layer` of the discriminator's features.

    Raises PartError where the discriminator has no such map, and for a distance between pictures only.
    """
    name = type(discriminator).__name__
    if distance.pictures_only:
        raise PartError(f"{type(distance).__name__} compares pictures, not features of {name}; l1 or l2 would fit")
    training = discriminator.training
    with torch.no_grad():
        maps = discriminator.eval()(torch.zeros(1, 3, image_size, image_size)).features
    discriminator.train(training)
    if not 0 <= layer < len(maps):
        raise PartError(
            f"{name}: feature_layer is {layer}, but at {image_size} pixels it has maps 0 to {len(maps) - 1}; "
            "one of them would fit"
        )
    return FeatureReconstruction(distance=distance, layer=layer)
