"""The practising GeneGAN: what its own terms ask, and that all else but the parallelogram is GeneGAN's."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from facegan.errors import UserError
from facegan.models.base import Losses
from facegan.models.editing.genegan import GeneGAN
from facegan.models.editing.practised_genegan import PractisedGeneGAN
from facegan.models.views import Views
from tests.models.builders import build, faces, verbs_keep_their_promises
from tests.tiny import tiny_engine

HAS, LACKS = faces(value=1.0, seed=1), faces(value=0.0, seed=2)


def practised(*overrides: str) -> PractisedGeneGAN:
    model = build("genegan_practised", *overrides)
    assert isinstance(model, PractisedGeneGAN)
    return model


def sparse(threshold: float) -> PractisedGeneGAN:
    return practised(f"+model.attribute_threshold={threshold}", "+model.weights.generator.sparsity=60")


def flipped(*stacks: Tensor) -> list[Tensor]:
    """A view that can be told from none, and undone."""
    return [stack.flip(-1) for stack in stacks]


def generator_terms(model: PractisedGeneGAN) -> Losses:
    """As in a round: the generator goes on from what the critics have judged."""
    critic, generator = model.phases
    kept = model.play(critic, {"has": HAS, "lacks": LACKS}).kept
    return model.play(generator, {"has": HAS, "lacks": LACKS}, kept).losses


def generator_gradients(term: Tensor, model: GeneGAN) -> list[Tensor]:
    parameters = [*model.splitter.parameters(), *model.joiner.parameters()]
    found = torch.autograd.grad(term, parameters, retain_graph=True, allow_unused=True, materialize_grads=True)
    return list(found)


def seeing_all_the_same(model: PractisedGeneGAN | None = None) -> PractisedGeneGAN:
    model = model or practised()
    model.views = Views(shift=0, turn=0, zoom=0, light=0)
    return model


def test_the_papers_terms_are_genegans_where_the_view_is_the_same() -> None:
    """All faces go through the parts at once here, one by one there; neither may change a number."""
    model, plain = seeing_all_the_same(), build("genegan_quickstart")
    assert isinstance(plain, GeneGAN)
    plain.load_state_dict(model.state_dict())
    ours, theirs = generator_terms(model), plain.generator_losses(HAS, LACKS)
    for name in ours.keys() & theirs.keys() - {"reconstruction"}:  # which does not train what stays, here
        torch.testing.assert_close(ours[name], theirs[name], atol=1e-5, rtol=1e-4)
        pairs = (generator_gradients(ours[name], model), generator_gradients(theirs[name], plain))
        torch.testing.assert_close(*pairs, atol=1e-5, rtol=1e-3)
    torch.testing.assert_close(ours["reconstruction"], theirs["reconstruction"], atol=1e-5, rtol=1e-4)
    assert ours.keys() ^ theirs.keys() == {"practice", "worn", "parallelogram"}
    critic = plain.critic_losses(HAS, LACKS)["adversarial"]
    torch.testing.assert_close(model.critic_losses(HAS, LACKS).losses["adversarial"], critic, atol=1e-5, rtol=1e-4)


def test_practice_asks_for_the_thing_on_another_face_for_the_bare_face_and_for_itself() -> None:
    """The worn face is seen otherwise, and with it what it is held against; the face that gets the thing is not."""
    model = practised()
    model.views = flipped  # type: ignore[assignment]
    torch.manual_seed(7)
    found = generator_terms(model)["practice"]
    torch.manual_seed(7)
    look = model.overlays.sample(4, LACKS.images.device)
    answer, answered = model.overlays.draw(LACKS.images, look)
    other = LACKS.images.roll(1, 0)
    worn, other, covered = flipped(*(lambda pair: (pair[0], other, pair[1]))(model.overlays.draw(other, look)))
    (stays, own), bare = model.split(worn), model.split(LACKS.images)[0]
    made = (model.join(bare, own), answer, answered), (model.join(stays, 0 * own), other, covered), (
        model.join(stays, own), worn, covered,
    )  # fmt: skip
    expected = sum(((a - b).abs() * (1 + 20.0 * (c > 0.05))).mean() for a, b, c in made)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


def test_what_is_worn_counts_where_removal_changes_the_face() -> None:
    model = seeing_all_the_same()
    stays, own = model.split(HAS.images)
    noticed = (20 * (HAS.images - model.join(stays, 0 * own)).abs().mean(1, keepdim=True)).clamp(max=4)
    expected = ((model.join(stays, own) - HAS.images).abs() * noticed).mean()
    torch.testing.assert_close(generator_terms(model)["worn"], expected, atol=1e-5, rtol=1e-4)


def test_what_stays_of_a_face_learns_nothing_from_its_own_reconstruction() -> None:
    """All must come from the own part. A control: the same is not so of what the practice asks for."""
    model = practised()
    stays, own = model.split(HAS.images)
    kept = stays.detach().requires_grad_()
    model.split = lambda images: (  # type: ignore[method-assign]
        kept.repeat(len(images) // len(kept), 1, 1, 1), own.repeat(len(images) // len(own), 1, 1, 1),
    )  # fmt: skip
    terms = generator_terms(model)
    worn, practice = (torch.autograd.grad(terms[name], kept, retain_graph=True)[0] for name in ("worn", "practice"))
    assert not worn.any()
    assert practice.any()


def test_the_own_part_is_taken_from_another_view_and_what_stays_is_not() -> None:
    model = practised()
    model.views = flipped  # type: ignore[assignment]
    (stays, _), (_, own), (bare, _) = (model.split(i) for i in (HAS.images, HAS.images.flip(-1), LACKS.images))
    again, put_on = model.join(stays, own), model.join(bare, own)
    terms = generator_terms(model)
    nothing = model.join(bare, 0 * own)
    expected = (again - HAS.images).abs().mean() + (nothing - LACKS.images).abs().mean()
    torch.testing.assert_close(terms["reconstruction"], expected, atol=1e-5, rtol=1e-4)
    fakes = torch.nn.functional.softplus(model.critic_has(put_on).logits).mean()
    reals = torch.nn.functional.softplus(-model.critic_has(HAS.images).logits).mean()
    taken_off = model.join(stays, 0 * own)
    fakes = fakes + torch.nn.functional.softplus(model.critic_lacks(taken_off).logits).mean()
    reals = reals + torch.nn.functional.softplus(-model.critic_lacks(LACKS.images).logits).mean()
    judged = model.critic_losses(HAS, LACKS).losses["adversarial"]
    torch.testing.assert_close(judged, fakes + reals, atol=1e-4, rtol=1e-3)


def test_a_worn_thing_is_reconstructed_from_the_own_part_alone() -> None:
    """`again` alone: with the two other errors out of the sum, what stays of a worn face gets no gradient."""
    model = practised()
    asked: list[Tensor] = []
    model._practised = lambda made, truth, covered: asked.append(made) or made.sum()  # type: ignore[assignment,func-returns-value]
    codes: list[Tensor] = []
    split = model.split

    def watched(images: Tensor) -> tuple[Tensor, Tensor]:
        stays, own = split(images)
        codes.append(stays)
        return stays, own

    model.split = watched  # type: ignore[method-assign]
    generator_terms(model)
    (off, again), stays_w = asked[1:], codes[-1]
    assert torch.autograd.grad(off.sum(), stays_w, retain_graph=True)[0].any()
    found = torch.autograd.grad(again.sum(), stays_w, allow_unused=True, retain_graph=True)[0]
    assert found is None or not found.any()


def test_what_is_faint_in_the_own_part_is_nothing() -> None:
    plain, model = practised(), sparse(0.3)
    model.load_state_dict(plain.state_dict())
    (stays, own), (kept, clear) = plain.split(HAS.images), model.split(HAS.images)
    torch.testing.assert_close(kept, stays)
    torch.testing.assert_close(clear, own.sign() * (own.abs() - 0.3).clamp(min=0))
    assert ((own != 0) & (clear == 0)).any()
    assert clear.any()


def test_with_a_threshold_nulling_is_in_units_of_what_the_own_part_holds() -> None:
    model = seeing_all_the_same(sparse(0.01))
    own_x, own_e = model.split(HAS.images)[1], model.split(LACKS.images)[1]
    found = generator_terms(model)["nulling"]
    torch.testing.assert_close(found, own_e.abs().mean() / own_x.abs().mean(), atol=1e-5, rtol=1e-4)
    ours = generator_gradients(found, model)
    theirs = generator_gradients(own_e.abs().mean() / own_x.abs().mean().detach(), model)
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-3)


def test_sparsity_is_what_an_edit_changes_and_a_strong_change_costs_no_more() -> None:
    model = seeing_all_the_same(sparse(0.01))
    (stays, _), own = model.split(LACKS.images), model.split(HAS.images)[1]
    put_on, bare = model.join(stays, own), model.join(stays, 0 * own)
    assert 0.01 < ((put_on - bare).abs() > 0.06).float().mean() < 0.99
    found = generator_terms(model)["sparsity"]
    torch.testing.assert_close(found, (put_on - bare).abs().clamp(max=0.06).mean(), atol=1e-5, rtol=1e-4)
    ours = generator_gradients(found, model)
    theirs = generator_gradients((put_on - bare.detach()).abs().clamp(max=0.06).mean(), model)
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-3)


def test_without_a_threshold_there_is_no_such_term() -> None:
    assert "sparsity" not in generator_terms(practised())
    with pytest.raises(UserError, match="must weigh exactly"):
        practised("+model.weights.generator.sparsity=60")


def test_verbs() -> None:
    model = practised()
    verbs_keep_their_promises(model, HAS.images)
    assert model.verbs == ("reconstruct", "encode", "edit", "transfer")


def test_codes_that_are_nothing_give_no_nan() -> None:
    terms = generator_terms(sparse(1e6))
    assert all(bool(term.isfinite()) for term in terms.values())
    assert terms["nulling"] == 0


@pytest.mark.parametrize("value", ["-0.1", "nan", "inf", "true", "null", "much"])
@pytest.mark.parametrize("name", ["emphasis", "attribute_threshold"])
def test_what_is_no_number_from_0_is_refused(name: str, value: str) -> None:
    with pytest.raises(UserError, match=f"{name}=.*: a number from 0"):
        practised(f"+model.{name}={value}")


def test_what_the_critics_judged_is_not_made_again() -> None:
    """A round splits four batches and joins seven: GeneGAN's in the critics' play, practice in the generator's."""
    model, seen = practised(), {"splitter": 0, "joiner": 0}
    for name in seen:
        part = model.parts[name]
        part.register_forward_hook(lambda _, given, __, name=name: seen.update({name: seen[name] + len(given[0])}))
    critic, generator = model.phases
    kept = model.play(critic, {"has": HAS, "lacks": LACKS}).kept
    assert seen == {"splitter": 3 * len(HAS), "joiner": 4 * len(HAS)}
    model.play(generator, {"has": HAS, "lacks": LACKS}, kept)
    assert seen == {"splitter": 4 * len(HAS), "joiner": 7 * len(HAS)}
    assert generator.reuse == "critic"


def test_the_generator_learns_through_what_the_critics_kept(tmp_path: Path) -> None:
    engine = tiny_engine("genegan_practised", tmp_path / "run")
    critic, generator = engine.model.phases
    losses, seen = engine.model.generator_losses, dict[str, Any]()  # type: ignore[operator,unused-ignore]
    engine.model.generator_losses = lambda **given: seen.update(given) or losses(**given)  # type: ignore[assignment,operator,func-returns-value,unused-ignore]
    engine.play(critic)
    engine.play(generator)
    assert critic.keeps
    assert all(seen[name].requires_grad for name in critic.keeps)
