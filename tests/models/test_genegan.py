"""GeneGAN: the wiring, the terms and the verbs, against the equations of the authors' code written out again."""

import pytest
import torch

from facegan.assemble import make_model
from facegan.config import compose_config
from facegan.errors import UserError
from facegan.models.editing.genegan import GeneGAN
from tests.models.builders import build, faces, verbs_keep_their_promises

HAS, LACKS = faces(value=1.0, seed=1), faces(value=0.0, seed=2)


def genegan(*overrides: str) -> GeneGAN:
    model = build("genegan", *overrides)
    assert isinstance(model, GeneGAN)
    return model


def test_the_official_setting_has_the_papers_parameter_counts() -> None:
    model = make_model(compose_config("train", ["model=genegan"]), image_size=64, attributes=("Eyeglasses",))
    counts = {name: sum(p.numel() for p in part.parameters()) for name, part in model.parts.items()}
    assert counts == {"splitter": 2_629_120, "joiner": 6_305_283, "critic_has": 6_832_641, "critic_lacks": 6_832_641}
    assert counts["splitter"] + counts["joiner"] == 8_934_403
    assert model.splitter.shape == (512, 8, 8)
    assert model.own == 128


def test_the_official_weights_are_the_codes_after_the_change_of_units() -> None:
    """On images 2x - 1 a mean absolute difference doubles: 1 on [0, 1] is 0.5 here; 0.01 on 0..255 is 1.275."""
    weights = compose_config("train", ["model=genegan"])["model"]["weights"]
    assert weights["critic"] == {"adversarial": 1}
    there = {"reconstruction": 1 / 2, "adversarial": 1, "nulling": 1, "parallelogram": 0.01 * 255 / 2}
    assert weights["generator"] == pytest.approx(there)


def test_the_official_schedule_and_optimiser() -> None:
    config = compose_config("train", ["model=genegan"])
    assert config["optimizer"] | {"_target_": 0} == {"_target_": 0, "_partial_": True, "lr": 5e-5, "decay": 0.8}
    assert config["trainer"]["batch_size"] == 64
    assert not config["trainer"]["flip"]
    critic, generator = genegan().phases
    assert critic.trains == ("critic_has", "critic_lacks")
    assert generator.trains == ("splitter", "joiner")
    assert not critic.evals
    assert not generator.evals, "BN statistics of all parts move in all phases, as in the authors' code"


def test_the_generators_terms_are_those_of_the_paper() -> None:
    model = genegan()
    (a, x), (b, e) = model.split(HAS.images), model.split(LACKS.images)
    zero = torch.zeros_like(x)
    ax, be, bx, ae = model.join(a, x), model.join(b, zero), model.join(b, x), model.join(a, zero)
    terms = model.generator_losses(HAS, LACKS)
    expected = {
        "reconstruction": (ax - HAS.images).abs().mean() + (be - LACKS.images).abs().mean(),
        "nulling": e.abs().mean(),
        "adversarial": -model.critic_has(bx).logits.mean() - model.critic_lacks(ae).logits.mean(),
        "parallelogram": (HAS.images + LACKS.images - bx - ae).abs().mean(),
    }
    assert terms.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(terms[name], value)


def test_the_critics_term_is_wasserstein_with_each_critic_on_its_own_kind() -> None:
    model = genegan()
    (a, x), (b, _) = model.split(HAS.images), model.split(LACKS.images)
    bx, ae = model.join(b, x), model.join(a, torch.zeros_like(x))
    expected = (model.critic_has(bx).logits - model.critic_has(HAS.images).logits).mean() + (
        model.critic_lacks(ae).logits - model.critic_lacks(LACKS.images).logits
    ).mean()
    torch.testing.assert_close(model.critic_losses(HAS, LACKS)["adversarial"], expected)


def test_the_critics_are_clipped_after_their_step_and_only_then() -> None:
    model = genegan()
    for part in (model.critic_has, model.critic_lacks, model.splitter):
        torch.nn.init.constant_(next(part.parameters()), 5.0)
    model.constrain(model.phases[1])
    assert next(model.critic_has.parameters()).max() == 5
    model.constrain(model.phases[0])
    assert max(p.abs().max() for c in (model.critic_has, model.critic_lacks) for p in c.parameters()) <= 0.01 + 1e-9
    assert next(model.splitter.parameters()).max() == 5


@pytest.mark.parametrize("adversarial", ["wasserstein_gp", "r1"])
def test_a_loss_with_a_penalty_brings_its_term(adversarial: str) -> None:
    model = genegan(f"loss/adversarial={adversarial}", "model.discriminator.norm=layer")
    assert model.critic_losses(HAS, LACKS)["penalty"] > 0
    assert model.phases[0].terms == ("adversarial", "penalty")


def test_a_relativistic_loss_shows_the_generator_real_faces() -> None:
    model = genegan("loss/adversarial=relativistic")
    model.generator_losses(HAS, LACKS)["adversarial"].backward()
    assert all(parameter.grad is not None for parameter in model.splitter.parameters())


def test_transfer_puts_the_exemplars_own_code_on() -> None:
    model = genegan()
    put_on = model.transfer(LACKS.images, HAS.images, "Eyeglasses")
    torch.testing.assert_close(put_on, model.join(model.split(LACKS.images)[0], model.split(HAS.images)[1]))
    other = model.transfer(LACKS.images, HAS.images.flip(0), "Eyeglasses")
    assert not torch.equal(put_on, other)
    with pytest.raises(UserError, match="transfers Eyeglasses"):
        model.transfer(LACKS.images, HAS.images, "Smiling")


def test_edit_removes_adds_from_the_bank_and_keeps() -> None:
    model = genegan()
    model.fill_bank({"has": faces(64, value=1.0, seed=3)})
    stays, own = model.split(HAS.images)
    target = torch.tensor([[0.0], [0.0], [float("nan")], [1.0]])
    edited = model.edit(HAS.images, target, seed=4)
    torch.testing.assert_close(edited[:2], model.join(stays[:2], torch.zeros_like(own[:2])))
    torch.testing.assert_close(edited[2:3], model.reconstruct(HAS.images[2:3]))
    assert not torch.equal(edited[3:], model.edit(HAS.images, target, seed=5)[3:])
    assert torch.equal(edited, model.edit(HAS.images, target, seed=4))


def test_strength_goes_from_the_face_as_it_is_to_the_edit() -> None:
    model = genegan()
    model.fill_bank({"has": faces(64, value=1.0, seed=3)})
    off = torch.zeros(4, 1)
    for target in (off, 1 - off):
        torch.testing.assert_close(model.edit(HAS.images, target, strength=0.0), model.reconstruct(HAS.images))
    half = model.join(model.split(HAS.images)[0], 0.5 * model.split(HAS.images)[1])
    torch.testing.assert_close(model.edit(HAS.images, off, strength=0.5), half)


def test_the_bank_keeps_codes_only() -> None:
    model = genegan()
    model.fill_bank({"has": faces(64, value=1.0, seed=3)})
    assert model.bank.shape == (64, model.own, *model.splitter.shape[1:])
    torch.testing.assert_close(model.bank, model.split(faces(64, value=1.0, seed=3).images)[1])


def test_verbs() -> None:
    model = genegan()
    verbs_keep_their_promises(model, HAS.images)
    assert model.verbs == ("reconstruct", "encode", "edit", "transfer")
    with pytest.raises(UserError, match="no verb 'upscale'"):
        model.require("upscale")


def test_more_than_one_attribute_is_refused() -> None:
    with pytest.raises(UserError, match="exactly one attribute"):
        build("genegan", attributes=("Eyeglasses", "Smiling"))


def test_at_side_one_what_travels_has_no_place() -> None:
    model = genegan("+model.attribute_side=1")
    own = model.split(HAS.images)[1]
    assert own.shape == (4, model.own, 1, 1)
    assert model.bank.shape[2:] == (1, 1)
    torch.testing.assert_close(own, model.splitter(HAS.images)[0][:, -model.own :].mean((2, 3), keepdim=True))
    verbs_keep_their_promises(model, HAS.images)


def test_shielded_a_reconstruction_trains_what_stays_of_faces_without_the_attribute_alone() -> None:
    def moved(*overrides: str) -> bool:
        model = genegan(*overrides)
        seen: list[torch.Tensor] = []
        split = model.split

        def watched(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            stays, own = split(images)
            seen.append(stays)
            return stays, own

        model.split = watched  # type: ignore[method-assign]
        model.generator_losses(HAS, LACKS)["reconstruction"].backward(inputs=seen)
        assert seen[1].grad is not None, "what stays of a face without the attribute learns in any case"
        return seen[0].grad is not None

    assert moved(), "as published"
    assert not moved("+model.shielded=true")
