"""Hidden maps of a discriminator in which a model compares pictures: checked when the model is built."""

import torch

from facegan.losses.features import FeatureReconstruction
from facegan.losses.reconstruction import Reconstruction
from facegan.networks.contracts import Discriminator
from facegan.networks.errors import PartError


def check_map(
    distance: Reconstruction, discriminator: Discriminator, *, image_size: int, layer: int, setting: str
) -> None:
    """Raises PartError where the discriminator has no such map, and for a distance between pictures only.

    layer: as Python counts, -1 being the last map. setting: what the layer is called in the config.
    """
    name = type(discriminator).__name__
    if distance.pictures_only:
        raise PartError(f"{type(distance).__name__} compares pictures, not features of {name}; l1 or l2 would fit")
    count = map_count(discriminator, image_size)
    if not -count <= layer < count:
        raise PartError(
            f"{name}: {setting} is {layer}, but at {image_size} pixels it has maps 0 to {count - 1}, or {-count} to -1 "
            "from the last; one of them would fit"
        )


def map_count(discriminator: Discriminator, image_size: int) -> int:
    """How many maps of features the discriminator offers."""
    training = discriminator.training
    with torch.no_grad():
        count = len(discriminator.eval()(torch.zeros(1, 3, image_size, image_size)).features)
    discriminator.train(training)
    return count


def feature_reconstruction(
    distance: Reconstruction, discriminator: Discriminator, *, image_size: int, layer: int
) -> FeatureReconstruction:
    """The distance, taken on map `layer` of the discriminator's features. Raises PartError as `check_map` does."""
    check_map(distance, discriminator, image_size=image_size, layer=layer, setting="feature_layer")
    return FeatureReconstruction(distance=distance, layer=layer)
