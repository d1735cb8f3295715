"""Draws and weights that make attributes independent: the joint of what is drawn is the product of the marginals."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from facegan.attributes import UnknownAttributeError
from facegan.data.combinations import absent, warnings
from facegan.data.decorrelation import product_weights, weighted_pass
from facegan.data.draw import Draw
from facegan.data.errors import DataError
from facegan.data.sampling import Sampler
from facegan.data.source import FaceSource

ANY = Draw()
PAIR = ("Male", "Mustache")


class Table(FaceSource):
    """Faces of 2 pixels a side with a given number of each (Male, Mustache, Young), men with mustaches first."""

    attributes, image_size = ("Male", "Mustache", "Young"), 2

    def __init__(self, counts: dict[tuple[float, float, float], int]) -> None:
        self.name = "table"
        rows = [values for values, count in counts.items() for _ in range(count)]
        self.labels = torch.tensor(rows, dtype=torch.float32)
        self.identities = torch.arange(len(rows))

    def images(self, index: Tensor) -> Tensor:
        return torch.zeros(len(index), 3, 2, 2, dtype=torch.uint8)


CORRELATED = {(1, 1, 1): 300, (1, 0, 0): 100, (0, 1, 1): 40, (0, 0, 1): 560}


def sampler(source: FaceSource | None = None, *, seed: int = 0, **wish: tuple[str, ...]) -> Sampler:
    wish = wish or {"independent": PAIR}
    return Sampler(source or Table(CORRELATED), attributes=["Mustache"], seed=seed, flip=False, **wish)


def shares(labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """The 2 x 2 shares of Male (rows) and Mustache."""
    weights = torch.ones(len(labels)) if weights is None else weights
    table = torch.zeros(2, 2)
    table.index_put_((labels[:, 0].long(), labels[:, 1].long()), weights, accumulate=True)
    return table / table.sum()


def test_weights_have_their_hand_computed_values() -> None:
    labels = torch.tensor([[1, 1], [1, 1], [1, 1], [1, 0], [0, 1], [0, 0], [0, 0], [0, 0]]).float()
    each = product_weights(labels)
    # Both marginals are 1/2, so every combination should have a quarter: 2 of 8 faces.
    assert each.tolist() == pytest.approx([2 / 3] * 3 + [2, 2] + [2 / 3] * 3)
    assert product_weights(torch.tensor([[1.0, 0], [0, 1], [1, 1], [0, 0]])).tolist() == [1, 1, 1, 1]


def test_a_pass_shows_the_product_of_the_marginals_and_keeps_the_marginals() -> None:
    source = Table(CORRELATED)
    drawn = sampler(source).batch("faces", ANY, 1000, 1000)
    table = shares(source.labels[drawn.index])
    male, mustache = source.labels[:, 0].mean(), source.labels[:, 1].mean()
    wanted = torch.outer(torch.stack([1 - male, male]), torch.stack([1 - mustache, mustache]))
    torch.testing.assert_close(table, wanted, atol=1.1e-3, rtol=0)  # to within one face of a thousand
    assert drawn.weights is None


def test_a_face_comes_as_often_as_its_weight_says_rounded_either_way() -> None:
    source = Table(CORRELATED)
    weights = product_weights(source.labels[:, :2])
    times = np.stack(
        [np.bincount(sampler(source).batch("faces", ANY, 1000 * k, 1000).index, minlength=1000) for k in range(40)]
    )
    assert (times >= np.floor(weights)).all()
    assert (times <= np.ceil(weights)).all()
    assert abs(times.mean(axis=0) - weights).max() < 5 * 0.5 / math.sqrt(40)  # five times the sampling error
    assert len({tuple(row) for row in times}) == 40  # another choice in every pass


@pytest.mark.parametrize("pieces", [[300], [7, 93, 200], [50, 0, 250]])
def test_a_draw_depends_on_seed_stream_and_number_alone(pieces: list[int]) -> None:
    whole, drawer, start = sampler().batch("faces", ANY, 900, 300), sampler(), 900
    drawer.batch("others", Draw(has={"Male": 1}), 5000, 7)
    parts = []
    for count in pieces:
        parts.append(drawer.batch("faces", ANY, start, count).index)
        start += count
    assert torch.equal(torch.cat(parts), whole.index)
    for other in (sampler().batch("others", ANY, 900, 300), sampler(seed=1).batch("faces", ANY, 900, 300)):
        assert not torch.equal(other.index, whole.index)


def test_order_and_choice_are_the_same_on_every_machine() -> None:
    assert sampler(seed=3).batch("faces", ANY, 998, 4).index.tolist() == [731, 413, 314, 318]


def test_equal_weights_show_every_face_once() -> None:
    for key in range(20):
        assert sorted(weighted_pass(key, np.ones(37), np.arange(37) % 3)) == list(range(37))


def test_faces_with_and_without_drawn_apart_show_the_other_attribute_alike() -> None:
    """GeneGAN's draws: each is constant in Mustache, yet men must be as many among both."""
    source = Table(CORRELATED)
    for value in (0, 1):
        draw = Draw(has={"Mustache": value})
        drawn = sampler(source).batch("faces", draw, 0, len(sampler(source).pool(draw)))
        assert (source.labels[drawn.index][:, 1] == value).all()
        assert source.labels[drawn.index][:, 0].mean().item() == pytest.approx(0.4, abs=2e-3)


def test_within_a_draw_of_another_attribute_the_pair_is_independent() -> None:
    source = Table(CORRELATED | {(1, 1, 0): 10, (0, 1, 0): 60, (0, 0, 0): 30})
    drawn = sampler(source).batch("faces", Draw(has={"Young": 0}), 0, 200)
    labels = source.labels[drawn.index]
    table = shares(labels)
    torch.testing.assert_close(table, torch.outer(table.sum(1), table.sum(0)), atol=5e-3, rtol=0)
    assert labels[:, 0].mean().item() == pytest.approx(110 / 200, abs=6e-3)


def test_weights_do_in_losses_what_draws_do_by_number() -> None:
    source = Table(CORRELATED)
    drawn = sampler(source, weighed=PAIR).batch("faces", ANY, 0, 1000)
    assert sorted(drawn.index.tolist()) == list(range(1000))
    assert drawn.weights is not None
    assert drawn.weights.mean().item() == pytest.approx(1, abs=1e-6)
    table = shares(source.labels[drawn.index], drawn.weights)
    torch.testing.assert_close(table, torch.outer(table.sum(1), table.sum(0)))
    assert table[1].sum().item() == pytest.approx(0.4, abs=1e-5)


def test_without_decorrelation_nothing_is_weighed() -> None:
    plain = Sampler(Table(CORRELATED), attributes=["Male"], seed=0).batch("faces", ANY, 0, 9)
    assert plain.weights is None
    assert plain.context is None


def test_a_face_with_an_unknown_label_is_never_drawn_and_counts_nothing() -> None:
    counts = CORRELATED | {(math.nan, 1, 1): 50, (1, math.nan, 1): 50}
    drawn = sampler(Table(counts)).batch("faces", ANY, 0, 3000)
    assert drawn.index.max() < 1000
    weighed = sampler(Table(counts), weighed=PAIR).batch("faces", ANY, 0, 1100)
    assert weighed.weights is not None
    assert torch.equal(weighed.weights == 0, weighed.index >= 1000)
    with pytest.raises(DataError, match=r"no face of 'table'.*labelled with all of Male, Mustache"):
        sampler(Table({(math.nan, 1, 1): 5})).batch("faces", ANY, 0, 1)


def test_context_holds_labels_beside_the_models_own() -> None:
    source = Table(CORRELATED)
    drawn = sampler(source, context=("Young", "Male")).batch("faces", ANY, 0, 40)
    assert drawn.context is not None
    assert torch.equal(drawn.context, source.labels[drawn.index][:, [2, 0]])
    assert drawn.attributes.shape == (40, 1)


def test_lists_that_cannot_be_made_independent_are_refused() -> None:
    for names in (("Male",), ("Male", "Male")):
        with pytest.raises(DataError, match=r"decorrelate\.draws=.*name 2 to 16 attributes, each once"):
            sampler(independent=names)
    with pytest.raises(DataError, match="weigh faces twice"):
        sampler(independent=PAIR, weighed=PAIR)
    with pytest.raises(UnknownAttributeError, match="Mustache"):
        sampler(independent=("Male", "Mustach"))


def test_a_combination_that_does_not_occur_is_named_with_its_counts() -> None:
    (found,) = absent(Table({(1, 1, 1): 30, (1, 0, 0): 20, (0, 0, 1): 50, (0, 0, 0): 1}).labels[:, :2], PAIR)
    assert str(found) == "no face has Male=0, Mustache=1 (Male=0: 51, Mustache=1: 30 of 101 labelled faces)"
    assert absent(Table(CORRELATED).labels[:, :2], PAIR) == []


def test_a_value_that_nobody_has_is_named_once_and_not_in_every_pair() -> None:
    labels = torch.tensor([[1.0, 0, 0], [1, 1, 0], [1, 1, 1], [1, 0, 1]])
    assert [found.values for found in absent(labels, ("A", "B", "C"), sizes=(1, 2, 3))] == [{"A": 0}]


def test_a_triple_may_be_missing_while_all_pairs_occur() -> None:
    labels = torch.tensor([[float(n >> k & 1) for k in range(3)] for n in range(7)])
    assert absent(labels, ("A", "B", "C")) == []
    (found,) = absent(labels, ("A", "B", "C"), sizes=(1, 2, 3))
    assert found.values == {"A": 1, "B": 1, "C": 1}
    assert found.counts == {"A": 3, "B": 3, "C": 3}


def test_a_training_is_warned_of_what_it_cannot_see_and_of_what_decorrelation_costs() -> None:
    counts = {(1, 1, 1): 300, (1, 0, 0): 100, (0, 1, 1): 2, (0, 0, 1): 598, (1, 1, math.nan): 9}
    assert warnings(Table(counts), PAIR, PAIR) == [
        "decorrelation: each of the 2 faces with Male=0, Mustache=1 counts 92.5 times."
    ]
    lines = warnings(Table(counts), ("Male", "Young"), ("Male", "Young"))
    assert lines[0].startswith("table: no face has Male=0, Young=0 (Male=0: 600, Young=0: 100 of 1,000 labelled faces)")
    assert lines[1].startswith("9 faces have no known value of one of Male, Young")
    assert warnings(Table(CORRELATED), PAIR) == []


def test_many_missing_combinations_are_counted_after_the_first_few() -> None:
    labels = torch.eye(6)
    source = Table(CORRELATED)
    source.labels, source.attributes = labels, tuple("ABCDEF")
    lines = warnings(source, tuple("ABCDEF"))
    assert len(lines) == 9
    assert lines[-1] == "table: 7 more combinations that no face has."
