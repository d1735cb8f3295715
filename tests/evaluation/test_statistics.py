"""Intervals, paired comparisons and rank agreement against values computed by hand or known in closed form."""

import math

import pytest
import torch
from torch import Tensor

from facegan.evaluation.measures.ratio import Ratio
from facegan.evaluation.statistics.bootstrap import best_of, difference, interval_of, pooled, resampled
from facegan.evaluation.statistics.interval import Interval, percentile_interval, share_interval
from facegan.evaluation.statistics.rank import kendall, prediction, rank_agreement

FACES = 400


def noise(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def plain(*rows: Tensor) -> list[Ratio]:
    """One system, a seed a row."""
    return [Ratio.of(row) for row in rows]


def test_percentiles_leave_a_fortieth_on_either_side() -> None:
    draws = torch.arange(1001, dtype=torch.float64)
    assert percentile_interval(500.0, draws) == Interval(500.0, 25.0, 975.0)


def test_an_interval_without_draws_excludes_nothing() -> None:
    nothing = percentile_interval(1.0, torch.full((9,), torch.nan))
    assert math.isnan(nothing.low)
    assert not nothing.excludes(0.0)
    assert not percentile_interval(math.nan, torch.ones(9)).excludes(0.0)


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    # 8 of 10: (0.8 + z2/20 -+ z sqrt(0.016 + z2/400)) / (1 + z2/10) with z2 = 3.8415; 0 of 10: 0 and z2 / (10 + z2).
    [(8, 10, 0.49016, 0.94332), (0, 10, 0.0, 0.27753), (10, 10, 0.72247, 1.0), (50, 100, 0.40383, 0.59617)],
)
def test_a_share_has_wilsons_interval(hits: int, count: int, low: float, high: float) -> None:
    found = share_interval(hits, count)
    assert found.value == hits / count
    assert (found.low, found.high) == pytest.approx((low, high), abs=2e-5)


def test_a_share_of_nothing_is_no_number() -> None:
    assert math.isnan(share_interval(0, 0).value)


def test_over_faces_alone_the_interval_is_that_of_a_mean() -> None:
    values = 0.5 + 0.2 * noise(1, FACES)
    system = plain(values)
    found = interval_of(system, resampled({"it": system})["it"])
    half = 1.96 * float(values.std()) / math.sqrt(FACES)
    assert found.value == pytest.approx(float(values.mean()))
    assert (found.low, found.high) == pytest.approx((found.value - half, found.value + half), abs=0.15 * half)


def test_figures_are_pooled_sum_over_sum_and_then_averaged_over_seeds() -> None:
    heavy = Ratio(torch.tensor([1.0, 0.0]), torch.tensor([1.0, 9.0]))  # 1 of 10, not the mean of 1 and 0
    assert pooled([heavy]) == pytest.approx(0.1)
    assert pooled([heavy, Ratio.of(torch.tensor([0.5, 0.5]))]) == pytest.approx(0.3)


def test_faces_with_nothing_to_measure_weigh_nothing() -> None:
    system = [Ratio(torch.tensor([0.4, 0.0]), torch.tensor([1.0, 0.0]))]
    found = interval_of(system, resampled({"it": system})["it"])
    assert (found.value, found.low, found.high) == pytest.approx((0.4, 0.4, 0.4))


def test_seeds_widen_the_interval_as_a_sample_of_means_does() -> None:
    means = torch.tensor([0.2, 0.4, 0.5, 0.7, 0.9], dtype=torch.float64)
    system = plain(*(mean.expand(FACES) for mean in means))  # no face differs: all that varies is the seed
    draws = resampled({"it": system}, draws=20_000)["it"]
    assert float(draws.var()) == pytest.approx(float(means.var()) / 5, rel=0.05)


def test_pairing_cancels_what_makes_a_face_hard() -> None:
    hard, little = noise(2, FACES), 0.02 + 0.01 * noise(3, FACES)
    systems = {"one": plain(hard), "other": plain(hard + little)}
    draws = resampled(systems)
    alone = interval_of(systems["one"], draws["one"])
    apart = difference(systems["one"], systems["other"], draws["one"], draws["other"])
    assert alone.high - alone.low > 0.15
    assert apart.high - apart.low < 0.004
    assert apart.excludes(0.0)
    assert apart.value == pytest.approx(-float(little.mean()))


def test_the_best_is_best_against_every_other_or_nobody_is() -> None:
    hard = noise(4, FACES)
    systems = {"good": plain(hard), "near": plain(hard + 0.1 * noise(5, FACES)), "bad": plain(hard + 1.0)}
    draws = resampled(systems)
    assert best_of(systems, draws, "lower") is None  # good and near cannot be told apart
    assert best_of(systems, draws, "higher") == "bad"
    two = {name: systems[name] for name in ("good", "bad")}
    assert best_of(two, draws, "lower") == "good"
    assert best_of({"good": systems["good"]}, draws, "lower") is None


def test_seeds_that_disagree_make_nobody_the_best() -> None:
    base = torch.full((FACES,), 0.5, dtype=torch.float64)
    steady, shaky = plain(base, base, base), plain(base - 0.2, base + 0.15, base + 0.2)
    systems = {"steady": steady, "shaky": shaky}
    assert best_of(systems, resampled(systems), "lower") is None


def test_a_single_number_of_a_single_seed_claims_nothing() -> None:
    systems = {name: plain(torch.tensor([value])) for name, value in (("one", 0.1), ("other", 0.9))}
    draws = resampled(systems)
    assert math.isnan(interval_of(systems["one"], draws["one"]).low)
    assert best_of(systems, draws, "lower") is None


def test_a_systems_draws_do_not_depend_on_its_company() -> None:
    systems = {name: plain(noise(6, 50), noise(7, 50)) for name in "ab"}
    together, alone = resampled(systems, draws=50), resampled({"b": systems["b"]}, draws=50)
    assert together["b"].equal(alone["b"])
    assert not together["a"].equal(together["b"])


def test_unequal_faces_cannot_be_paired() -> None:
    with pytest.raises(ValueError, match=r"\[3, 4\] faces cannot be paired"):
        resampled({"a": plain(torch.ones(3)), "b": plain(torch.ones(4))})


@pytest.mark.parametrize(
    ("first", "second", "tau"),
    [
        ([1, 2, 3, 4, 5], [3, 4, 1, 2, 5], 0.2),  # 6 pairs agree, 4 do not
        # Ties: of 10 pairs 8 are untied on the left and 9 on the right; 2 agree and 6 do not: -4 / sqrt(8 * 9).
        ([12, 2, 1, 12, 2], [1, 4, 7, 1, 0], -0.4714045),
        ([1, 2, 3], [10, 20, 30], 1.0),
        ([1, 2, 3], [3, 2, 1], -1.0),
    ],
)
def test_kendalls_tau(first: list[float], second: list[float], tau: float) -> None:
    found = kendall(torch.tensor(first, dtype=torch.float64), torch.tensor(second, dtype=torch.float64))
    assert float(found) == pytest.approx(tau, abs=1e-6)


def test_a_flat_order_has_no_tau() -> None:
    assert math.isnan(float(kendall(torch.ones(4), torch.arange(4.0))))


def test_many_systems_in_the_same_order_agree_and_few_in_some_order_do_not() -> None:
    order = list(range(12))
    same = rank_agreement(order, [2 * value for value in order])
    assert (same.value, same.low, same.high) == (1.0, 1.0, 1.0)
    some = rank_agreement([1, 2, 3, 4, 5], [3, 4, 1, 2, 5])
    assert some.low < 0 < some.high
    assert "does not predict" in prediction("drawn faces", "photographs", some)
    assert "predicts" in prediction("drawn faces", "photographs", same)


def test_unsure_figures_widen_the_agreement() -> None:
    order = [float(value) for value in range(8)]
    shaky = torch.tensor(order) + 4 * noise(8, 2000, 8)
    assert rank_agreement(order, order, first_draws=shaky).low < 0.8


def test_draws_must_be_of_these_systems() -> None:
    with pytest.raises(ValueError, match="figures of 2 systems"):
        rank_agreement([1.0, 2.0], [1.0, 2.0], first_draws=torch.ones(2000, 3))
