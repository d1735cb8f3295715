"""Semi-Latent GAN (Yin et al. 2017, arXiv 1704.02166), a design after the abstract: the paper's body was not at hand.

One model makes faces from attributes and changes the attributes of a given face. Its encoder finds in a face what
users have named (u), what the data teaches unnamed (l: categorical and Gaussian codes) and noise (z); its decoder makes
a face of the three. What the abstract states is the space of labelled and latent attributes, the two uses, and that
training iterates. Everything else is chosen here, after the systems that it builds on, and can be set:
- reconstruction in a feature layer of the discriminator, and KL, as VAE/GAN (Larsen et al. 2016);
- a recognition head on the discriminator's trunk. It learns u on real images alone: on fakes the attributes fed in are
  what the decoder wants to show, not what it shows. It learns l on generated ones, where InfoGAN (Chen et al. 2016) has
  it: no real image has a label for l;
- categorical codes are drawn by straight-through Gumbel-softmax; u reaches the decoder as 2u - 1;
- adversarial gradients do not reach the encoder (VAE/GAN): what it finds is judged in `generate`, with its own gradient
  cut off;
- attributes for generated faces are those of the drawn faces: attributes as they occur together;
- the second kind of fake is a face that was found in a real one and asked to show another one's attributes, as `edit`
  asks it. VAE/GAN judges reconstructions there. Without such faces in training only what is drawn from the prior learns
  to show attributes, and an edit barely moves, since l and z of a real face tell the decoder much of u;
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.losses.adversarial import Adversarial
from facegan.losses.information import MutualInformation
from facegan.losses.latent import KL, CategoricalKL
from facegan.losses.recognition import Recognition
from facegan.losses.reconstruction import Reconstruction
from facegan.models.base import Factory, Losses, Model, Play, Weights, verb
from facegan.models.codes import Codes
from facegan.models.features import feature_reconstruction
from facegan.models.games import fooled_by_each, penalised, told_apart
from facegan.models.phases import Phase
from facegan.models.requests import own, shuffled, towards
from facegan.networks.errors import PartError
from facegan.networks.vectors import VectorDecoder, VectorEncoder


class Posterior(NamedTuple):
    """What the encoder says of N faces: logits of u (N x K) and of the categorical codes, and the moments of the rest.

    mean, log_variance: N x (continuous + noise).
    """

    attributes: Tensor
    categories: Tensor
    mean: Tensor
    log_variance: Tensor


class SemiLatentGAN(Model):
    """Parts: encoder, decoder, discriminator (with recognition of u and l).

    feature_layer: the map of the discriminator's features on which reconstruction is measured; None for pixels.
    categorical: sizes of the categorical codes; continuous: how many Gaussian ones; noise: values of z.
    Raises UserError without attributes or without any code, and PartError where the parts do not fit each other.
    """

    paper: ClassVar[str] = "Semi-Latent GAN (Yin et al., arXiv 1704.02166, 2017), a design after the abstract"
    verb_parts: ClassVar[tuple[str, ...]] = ("encoder", "decoder")
    weighs_faces: ClassVar[bool] = True

    def __init__(
        self,
        *,
        image_size: int,
        attributes: tuple[str, ...],
        encoder: Factory,
        projection: Factory,
        decoder: Factory,
        discriminator: Factory,
        adversarial: Adversarial,
        reconstruction: Reconstruction,
        recognition: Recognition,
        weights: Weights,
        feature_layer: int | None = None,
        categorical: Sequence[int] = (10,),
        continuous: int = 2,
        noise: int = 128,
    ) -> None:
        super().__init__(image_size=image_size, attributes=attributes, weights=weights)
        if not attributes:
            raise UserError("SemiLatentGAN needs at least one attribute; set attributes=[Eyeglasses].")
        if not categorical and not continuous:
            raise UserError("SemiLatentGAN needs a latent code; set model.continuous=2, or model.categorical=[10].")
        if recognition.logits_per_attribute != 1:
            raise PartError(
                "SemiLatentGAN: its code has one number for each attribute, not "
                f"{recognition.logits_per_attribute}; loss/recognition=binary or binary_sum would fit."
            )
        self.codes = Codes(categorical=categorical, continuous=continuous, prior="normal")
        self.groups = [len(attributes), sum(categorical), continuous + noise]
        self.encoder = VectorEncoder(encoder=encoder(image_size=image_size), outputs=sum(self.groups) + self.groups[-1])
        shape = self.encoder.shape
        self.decoder = VectorDecoder(
            projection=projection(inputs=sum(self.groups), code=shape),
            decoder=decoder(code=shape, image_size=image_size),
        )
        self.discriminator = discriminator(image_size=image_size, recognition=len(attributes) + self.codes.width)
        self.noise, self.adversarial, self.distance, self.features = noise, adversarial, reconstruction, None
        if feature_layer is not None:
            self.features = feature_reconstruction(
                reconstruction, self.discriminator, image_size=image_size, layer=feature_layer
            )
        self.kl, self.categorical_kl, self.recognition = KL(), CategoricalKL(sizes=categorical), recognition
        self.information = MutualInformation(categorical=categorical, continuous=continuous)
        self.phases = self._phases()

    def _phases(self) -> tuple[Phase, ...]:
        return (
            Phase(
                name="reconstruct",
                trains=("encoder", "decoder"),
                terms=("reconstruction", "kl", "recognition"),
                draws={"faces": Draw()},
                keeps={"found": ("encoder",)},
            ),
            Phase(
                name="generate",
                trains=("decoder",),
                terms=("adversarial", "recognition", "mutual_information"),
                reuse="reconstruct",
                why="the encoder holds still: it lives by reconstruction alone, as in VAE/GAN",
            ),
            Phase(
                name="critic",
                trains=("discriminator",),
                terms=(
                    "adversarial", "recognition", "mutual_information", *("penalty",) * self.adversarial.has_penalty,
                ),
                reuse="reconstruct",
                why="it learns attributes on real images alone, and latent codes on generated ones",
            ),
        )  # fmt: skip

    def posterior(self, images: Tensor) -> Posterior:
        """What the encoder finds in faces N x 3 x H x W."""
        return Posterior(*self.encoder(images).split([*self.groups, self.groups[-1]], dim=1))

    @staticmethod
    def join(attributes: Tensor, latent: Tensor) -> Tensor:
        """The decoder's input: u, N x K in {0, 1} or beyond, as 2u - 1, then l and z."""
        return torch.cat([2 * attributes - 1, latent], dim=1)

    def reconstruct_losses(self, faces: FaceBatch) -> Play:
        """The faces again, by their own labels where these are known, else by what the encoder finds."""
        found = self.posterior(faces.images)
        fed = torch.where(faces.attributes.isnan(), found.attributes.sigmoid(), faces.attributes)
        values = found.mean + torch.randn_like(found.mean) * (0.5 * found.log_variance).exp()
        code = self.join(fed, torch.cat([self.codes.relaxed(found.categories), values], dim=1))
        kl = self.kl(found.mean, found.log_variance)
        if self.codes.categorical:
            kl = kl + self.categorical_kl(found.categories)
        losses = {
            "reconstruction": self._reconstruction(self.decoder(code), faces.images),
            "kl": kl,
            "recognition": self.recognition(found.attributes, faces.attributes, faces.weights),
        }
        return Play(losses, {"found": code})

    def _reconstruction(self, again: Tensor, images: Tensor) -> Tensor:
        if self.features is None:
            return self.distance(again, images)
        return self.features(lambda pictures: self.discriminator(pictures).features, again, images)

    def generate_losses(self, faces: FaceBatch, found: Tensor) -> Losses:
        """Generated and changed faces look real and show the attributes fed in; generated ones let their codes be read.

        found: the codes of reconstructions, N x width.
        """
        (wanted, asked), latent = self._wishes(faces), self._latent(faces)
        generated = self.discriminator(self.decoder(self.join(wanted, latent)))
        changed = self.discriminator(self.decoder(self._asked(found, asked)))
        shown, read = self._recognised(generated.recognition)
        return {
            "adversarial": fooled_by_each(
                self.adversarial, self.discriminator, real=faces.images, kinds=[generated.logits, changed.logits]
            ),
            "recognition": (
                self.recognition(shown, wanted) + self.recognition(self._recognised(changed.recognition)[0], asked)
            )
            / 2,
            "mutual_information": self.information(read, latent[:, : self.codes.width]),
        }

    def critic_losses(self, faces: FaceBatch, found: Tensor) -> Losses:
        """Real against generated and changed; attributes off real faces, latent codes off generated ones."""
        (wanted, asked), latent = self._wishes(faces), self._latent(faces)
        fakes = [self.decoder(self.join(wanted, latent)), self.decoder(self._asked(found, asked))]
        real, generated, changed = (self.discriminator(images) for images in (faces.images, *fakes))
        return {
            "adversarial": told_apart(
                self.adversarial, real_logits=real.logits, kinds=[generated.logits, changed.logits]
            ),
            "recognition": self.recognition(self._recognised(real.recognition)[0], faces.attributes, faces.weights),
            "mutual_information": self.information(
                self._recognised(generated.recognition)[1], latent[:, : self.codes.width]
            ),
            **penalised(self.adversarial, self.discriminator, real=faces.images, kinds=fakes),
        }

    @staticmethod
    def wish(attributes: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Attributes N x K with a coin thrown for each unknown one, by the generator or torch's global one."""
        coins = torch.randint(2, attributes.shape, generator=generator).to(attributes)
        return torch.where(attributes.isnan(), coins, attributes)

    def _wishes(self, faces: FaceBatch) -> tuple[Tensor, Tensor]:
        """Attributes for generated faces, and for those that are to be changed: the former in another order."""
        wanted = self.wish(faces.attributes)
        return wanted, shuffled(wanted)

    def _asked(self, found: Tensor, attributes: Tensor) -> Tensor:
        """Codes of reconstructions, N x width, with other attributes."""
        return self.join(attributes, found[:, len(self.attributes) :])

    def _latent(self, faces: FaceBatch) -> Tensor:
        return self.draw(len(faces)).to(faces.images)

    def draw(self, count: int) -> Tensor:
        """l and z from their prior, side by side: `count` x (codes' width + noise)."""
        return torch.cat([self.codes.sample(count), torch.randn(count, self.noise)], dim=1)

    def _recognised(self, recognition: Tensor | None) -> tuple[Tensor, Tensor]:
        assert recognition is not None
        users, latent = recognition.split([len(self.attributes), self.codes.width], dim=1)
        return users, latent

    def codes_of(self, images: Tensor) -> Mapping[str, Tensor]:
        """What the encoder makes of a face beside its attributes: the mean of z, for an independence penalty."""
        return {"code": self.posterior(images).mean}

    @verb
    def encode(self, images: Tensor) -> Tensor:
        """The codes of faces N x 3 x H x W in [-1, 1], as the decoder takes them: attributes, l and z; N x width."""
        found = self.posterior(images)
        return self._decodable(found, own(None, lambda: found.attributes))

    @verb
    def reconstruct(self, images: Tensor, source: Tensor | None = None) -> Tensor:
        """The faces with their own attributes, source N x K, which the encoder finds where it is not given."""
        found = self.posterior(images)
        return self._image(self._decodable(found, own(source, lambda: found.attributes)))

    @verb
    def edit(
        self, images: Tensor, target: Tensor, source: Tensor | None = None, strength: float = 1.0, seed: int = 0
    ) -> Tensor:
        """The faces with target attributes N x K in {0, 1}, NaN keeps; images N x 3 x H x W in [-1, 1].

        strength goes from the source's own value (0) to the target (1) and beyond it; see `requests.towards`. source,
        N x K: found by the encoder where it is not given, or NaN.
        seed is not used: l and z are what the encoder finds, so that the edit is deterministic.
        """
        found = self.posterior(images)
        values = towards(target, own(source, lambda: found.attributes), strength)
        return self._image(self._decodable(found, values))

    @verb
    def generate(self, attributes: Tensor, seed: int = 0, codes: Tensor | None = None) -> Tensor:
        """New faces with attributes N x K in {0, 1} (NaN: either), N x 3 x H x W; seed chooses all the rest of them.

        codes: the latent attributes by number, N x len(codes.names), NaN leaves one open. Raises UserError for another
        number of them, and for a category that does not exist.
        """
        generator = torch.Generator().manual_seed(seed)
        wanted = self.wish(attributes, generator)
        drawn = self.codes.numbers(len(attributes), generator).to(attributes)
        if codes is not None:
            drawn = self.codes.filled(codes, drawn)
        noise = torch.randn(len(attributes), self.noise, generator=generator).to(attributes)
        return self._image(self.join(wanted, torch.cat([self.codes.vectors(drawn), noise], dim=1)))

    def _decodable(self, found: Posterior, attributes: Tensor) -> Tensor:
        return self.join(attributes, torch.cat([self.codes.likeliest(found.categories), found.mean], dim=1))

    def _image(self, code: Tensor) -> Tensor:
        images: Tensor = self.decoder(code)
        return images
