"""The editing systems of the family as experiments train them: each by its quick start, with what its own test needs.

The overrides beside a quick start's are those by which `facegan hallmark` shows that the system does what its paper
says (conf/hallmark); lengths there are shares of the run's, so that a shorter run anneals as a longer one does.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ROUND = 80  # training faces of one round of the Fader networks below


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """title: as tables call it. overrides: beside its quick start's. single: whether it knows but one attribute."""

    title: str
    overrides: tuple[str, ...] = ()
    single: bool = False


SYSTEMS: Mapping[str, System] = {
    "genegan": System(title="GeneGAN", single=True),
    "semilatent": System(title="Semi-Latent GAN"),
    "conditional_cyclegan": System(title="Conditional CycleGAN"),
    # Not its hallmark's standardized adversary and deeper code, which take 300,000 images.
    "fader": System(
        title="Fader Networks",
        overrides=(
            "++model.encoder.widths=[32,64,64]",
            "++model.latent_discriminator.dropout=0",
            "model.latent_repeat=3",
            "+optimizers.latent_discriminator="
            "{_target_: torch.optim.Adam, _partial_: true, lr: 2e-3, betas: [0.5, 0.999]}",
            "optimizer.lr=1e-3",
            "model.weights.autoencoder.wrong_class.last=0.02",
        ),
    ),
    "attgan": System(title="AttGAN"),
    "stargan": System(title="StarGAN"),
    "cyclegan": System(title="CycleGAN", overrides=("optimizer.lr=1.5e-3",), single=True),
    "discogan": System(title="DiscoGAN", overrides=("optimizer.lr=1.5e-3",), single=True),
    "residual_images": System(title="Residual Images", overrides=("optimizer.lr=1.5e-3",), single=True),
    "vaegan": System(title="VAE/GAN"),
    "dfi": System(title="DFI"),
    "manifold_traversal": System(title="Deep Manifold Traversal"),
}


def overrides_of(name: str, images: int) -> list[str]:
    """What makes `facegan train` train this system on so many faces."""
    rise = [f"model.weights.autoencoder.wrong_class.over={max(1, images // ROUND // 4)}"] if name == "fader" else []
    own = [f"model={name}_quickstart", *SYSTEMS[name].overrides, *rise]
    return ["experiment=leaderboard", *own, f"trainer.images={images}"]
