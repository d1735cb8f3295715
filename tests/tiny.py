"""Small things that many tests share: a data set of random faces, a config of 16-pixel networks, a ready engine."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from facegan.assemble import make_engine
from facegan.config import Config, compose_config
from facegan.data.source import FaceSource
from facegan.training.engine import Engine
from facegan.training.run_folder import RunFolder
from facegan.training.settings import Hooks

ATTRIBUTES = ("Eyeglasses", "Smiling")
QUIET = ["logger=disabled", "trainer.accelerator=cpu", "trainer.picture_every=0", "trainer.validate_every=0"]
NARROW = ["++model.encoder.width=4", "++model.decoder.width=4", "++model.discriminator.width=4"]
SEEN = ["extractor=small", "++model.extractor.width=4"]
LEARNT = ["++model.head.width=4", "model.pretrain_rounds=1", "model.features_rounds=1"]
FEW = ["++model.inversion.iterations=3", "++model.neighbours=3", "++model.fit_size=8"]
SMALL = {
    "genegan": ["model=genegan", "++model.encoder.width=4", "++model.decoder.width=4", "++model.discriminator.width=4",
                "model.critic_repeat.burst=2", "model.critic_repeat.each=3"],
    "genegan_quickstart": ["model=genegan_quickstart", "++model.encoder.width=4", "++model.decoder.width=4",
                           "++model.discriminator.width=4"],
    "genegan_practised": ["model=genegan_practised", "++model.encoder.width=4", "++model.decoder.width=4",
                          "++model.discriminator.width=4"],
    "cyclegan": ["model=cyclegan", "++model.translator.width=4", "++model.discriminator.width=4",
                 "++model.translator.blocks=1", "model.pool_size=2"],
    "cyclegan_quickstart": ["model=cyclegan_quickstart", "++model.translator.width=4", "++model.discriminator.width=4"],
    "discogan": ["model=discogan", "++model.translator.encoder.width=4", "++model.translator.decoder.width=4",
                 "++model.discriminator.width=4"],
    "discogan_quickstart": ["model=discogan_quickstart", "++model.translator.width=4", "++model.discriminator.width=4"],
    "residual_images": ["model=residual_images", "++model.translator.width=4", "++model.discriminator.width=4"],
    "residual_images_quickstart": ["model=residual_images_quickstart", "++model.translator.width=4",
                                   "++model.discriminator.width=4"],
    "stargan": ["model=stargan", "++model.translator.width=4", "++model.discriminator.width=4",
                "++model.translator.blocks=1", "attributes=[Eyeglasses,Smiling]"],
    "stargan_quickstart": ["model=stargan_quickstart", "++model.translator.width=4", "++model.discriminator.width=4"],
    "fader": ["model=fader", "++model.encoder.width=4", "++model.decoder.width=4",
              "++model.latent_discriminator.hidden=4", "attributes=[Eyeglasses,Smiling]"],
    "fader_quickstart": ["model=fader_quickstart", "++model.encoder.width=4", "++model.decoder.width=4",
                         "++model.recognizer.width=4"],
    "attgan": ["model=attgan", "++model.encoder.width=4", "++model.decoder.width=4", "++model.discriminator.width=4",
               "++model.discriminator.hidden=4", "model.critic_repeat=2", "attributes=[Eyeglasses,Smiling]"],
    "attgan_quickstart": ["model=attgan_quickstart", "++model.encoder.width=4", "++model.decoder.width=4",
                          "++model.discriminator.width=4"],
    "conditional_cyclegan": ["model=conditional_cyclegan", "++model.translator.width=4", "++model.translator.blocks=1",
                             "++model.discriminator.width=4", "model.low=8"],
    "conditional_cyclegan_quickstart": ["model=conditional_cyclegan_quickstart", "++model.translator.width=4",
                                        "++model.discriminator.width=4", "++model.recognizer.width=4"],
    "identity_cyclegan": ["model=identity_cyclegan", "++model.translator.width=4", "++model.translator.blocks=1",
                          "++model.discriminator.width=4", "++model.embedder.width=4", "++model.embedder.hidden=8",
                          "model.low=8", "model.embedding=6", "model.embedder_rounds=1"],
    "identity_cyclegan_quickstart": ["model=identity_cyclegan_quickstart", "++model.translator.width=4",
                                     "++model.discriminator.width=4", "++model.embedder.width=4",
                                     "++model.embedder.hidden=8", "model.embedding=6", "model.embedder_rounds=1"],
    "semilatent": ["model=semilatent", *NARROW, "model.feature_layer=1", "model.noise=4", "model.categorical=[3,2]"],
    "semilatent_quickstart": ["model=semilatent_quickstart", *NARROW, "model.noise=4"],
    "vaegan": ["model=vaegan", *NARROW, "++model.discriminator.hidden=4", "model.latent=4", "+model.bank_size=4"],
    "vaegan_quickstart": ["model=vaegan_quickstart", *NARROW, "model.latent=4", "+model.bank_size=4"],
    "infogan": ["model=infogan", *NARROW[1:], "model.noise=4", "model.categorical=[3,2]", "model.first_map=[4,2,2]"],
    "infogan_quickstart": ["model=infogan_quickstart", *NARROW[1:], "model.noise=4", "model.first_map=[4,4,4]"],
    "dfi": ["model=dfi", "extractor=small", "++model.extractor.width=4", *FEW],
    "dfi_quickstart": ["model=dfi_quickstart", "++model.extractor.width=4", "++model.head.width=4", *FEW],
    "manifold_traversal": ["model=manifold_traversal", "extractor=small", "++model.extractor.width=4", *FEW],
    "manifold_traversal_quickstart": ["model=manifold_traversal_quickstart", "++model.extractor.width=4",
                                      "++model.head.width=4", *FEW],
    "bicubic": ["model=bicubic"],
    **{f"{name}{kind}": [f"model={name}{kind}", "++model.upscaler.width=4"]
       for name in ("srcnn", "espcn", "drcn", "srresnet") for kind in ("", "_quickstart")},
    "perceptual": ["model=perceptual", "++model.upscaler.width=4", *SEEN],
    "perceptual_quickstart": ["model=perceptual_quickstart", "++model.upscaler.width=4", *SEEN, *LEARNT],
    "srgan": ["model=srgan", "++model.upscaler.width=4", "++model.upscaler.blocks=1", *SEEN, *NARROW[2:],
              "++model.discriminator.hidden=4"],
    "srgan_quickstart": ["model=srgan_quickstart", "++model.upscaler.width=4", *SEEN, *LEARNT, *NARROW[2:]],
    "face_wgan": ["model=face_wgan", "++model.upscaler.width=4", *NARROW[2:]],
    "face_wgan_quickstart": ["model=face_wgan_quickstart", "++model.upscaler.width=4", "model.pretrain_rounds=1",
                             *NARROW[2:]],
    "pan": ["model=pan", "++model.upscaler.translator.encoder.width=4", "++model.upscaler.translator.decoder.width=4",
            *NARROW[2:]],
    "pan_quickstart": ["model=pan_quickstart", "++model.upscaler.width=4", "model.pretrain_rounds=1", *NARROW[2:]],
    "unpaired_upscaling": ["model=unpaired_upscaling", "++model.upscaler.width=4", "++model.upscaler.blocks=1",
                           "++model.translator.width=4", *NARROW[2:]],
    "unpaired_upscaling_quickstart": ["model=unpaired_upscaling_quickstart", "++model.upscaler.width=4",
                                      "++model.translator.width=4", "model.scale=2", *NARROW[2:]],
    **{name: [f"model={name}", "++model.atoms=12", "++model.axes=6", "++model.fit_size=8", "++model.patches=200"]
       for name in ("sparse_coding", "sparse_coding_quickstart")},
    "style_transfer": ["model=style_transfer", "++model.translator.width=4", "++model.translator.blocks=1", *SEEN],
    "style_transfer_quickstart": ["model=style_transfer_quickstart", "++model.translator.width=4", *SEEN,
                                  "++model.head.width=4", "model.features_rounds=1"],
    "vespcn": ["model=vespcn", "++model.motion.width=4", "++model.fusion.width=4"],
    "vespcn_quickstart": ["model=vespcn_quickstart", "++model.motion.width=4", "++model.fusion.width=4"],
}  # fmt: skip
CLIPS = {"vespcn": 3, "vespcn_quickstart": 3}  # the models that train on clips, and of how many frames


class TinySource(FaceSource):
    """Random 8-bit images, or clips, with random labels, the same at every call."""

    name, attributes = "tiny", ATTRIBUTES

    def __init__(self, *, size: int = 64, image_size: int = 16, frames: int | None = None) -> None:
        generator = torch.Generator().manual_seed(5)
        self.image_size, self.frames = image_size, frames
        shape = (size, *([frames] if frames else []), 3, image_size, image_size)
        self._images = torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8)
        self.labels = torch.randint(0, 2, (size, len(ATTRIBUTES)), generator=generator).float()
        self.identities = torch.arange(size)

    def images(self, index: Tensor) -> Tensor:
        return self._images[index]


def tiny_config(model: str, *overrides: str) -> Config:
    """The config of a small model for quiet runs of a few rounds."""
    return compose_config("train", [*SMALL[model], *QUIET, "trainer.batch_size=4", "trainer.images=64", *overrides])


def tiny_engine(model: str, folder: Path, *overrides: str, hooks: Hooks | None = None, **source: Any) -> Engine:
    """An engine on random faces, resumed where the folder holds a run."""
    config = tiny_config(model, f"run={folder}", *overrides)
    faces = TinySource(**{"frames": CLIPS.get(model), **source})
    return make_engine(config, RunFolder(folder), source=faces, hooks=hooks or Hooks())


def states(engine: Engine) -> dict[str, Tensor]:
    """A copy of every tensor of the model."""
    return {name: value.clone() for name, value in engine.model.state_dict().items()}
