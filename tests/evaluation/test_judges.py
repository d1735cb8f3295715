"""Judges learn, are found again, and never select what they report on."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from facegan.data.twinfaces import ATTRIBUTES, TwinFaces, render, sample, with_attribute
from facegan.evaluation.judge_cache import find_judge, judge_folder
from facegan.evaluation.judge_data import MOST, SPLITS, TWIN_SEEDS, Role, lessons, photo_lesson, share_of, twin_lesson
from facegan.evaluation.judge_training import Recipe, balance, thresholds, train_network, worn
from facegan.evaluation.judges import RECIPES, examine
from facegan.evaluation.partial import partial_edits
from facegan.evaluation.patch_judge import PatchRecipe
from facegan.evaluation.twin_cases import FRESH_SEED
from tests.data.faces import Numbered

SIZE = 16
HAT = ("Wearing_Hat",)
QUICK = Recipe(block="residual", width=8, seed=4, steps=60, batch=32, rate=6e-3)
PATCHES = PatchRecipe(width=16, seed=4, steps=150, batch=32, rate=6e-3, window=5)
QUICKER = replace(QUICK, steps=2)


def splits(split: str) -> TwinFaces:
    return TwinFaces(image_size=SIZE, split=split, size=1)


@pytest.mark.parametrize("recipe", [QUICK, replace(QUICK, block="plain"), PATCHES], ids=lambda one: one.block)
def test_a_judge_learns(recipe: Recipe) -> None:
    lesson, exam = lessons(splits, HAT, "report", twin_faces=600)
    trained = examine(train_network(lesson, recipe), exam, HAT)["Wearing_Hat"]
    assert trained.balanced > 0.8  # guessing gives 0.5
    assert trained.balanced == pytest.approx((trained.sensitivity + trained.specificity) / 2)
    assert trained.having + trained.lacking == 200


def test_the_same_judge_twice_and_no_trace_in_random_numbers() -> None:
    lesson, _ = lessons(splits, HAT, "report", twin_faces=60)
    before = torch.get_rng_state()
    first = train_network(lesson, QUICKER).state_dict()
    torch.rand(3)
    second = train_network(lesson, QUICKER).state_dict()
    assert all(first[name].equal(second[name]) for name in first)
    torch.set_rng_state(before)
    train_network(lesson, QUICKER)
    assert torch.get_rng_state().equal(before)


def test_a_judge_is_found_again_without_training(monkeypatch: pytest.MonkeyPatch) -> None:
    first = find_judge(splits, HAT, "report", twin_faces=60, recipe=QUICKER)
    assert [path.name for path in judge_folder().iterdir()] == [f"report-{first.key}.safetensors"]
    monkeypatch.setattr("facegan.evaluation.judge_cache.train_network", None)
    before = torch.get_rng_state()
    again = find_judge(splits, HAT, "report", twin_faces=60, recipe=QUICKER)
    images = torch.rand(5, 3, SIZE, SIZE) * 2 - 1
    torch.set_rng_state(before)
    # The same weights in another memory layout: equal but for rounding.
    assert again.logits(images, "Wearing_Hat").allclose(first.logits(images, "Wearing_Hat"), atol=1e-5)
    assert again.accuracy == first.accuracy
    assert not any(parameter.requires_grad for parameter in again.network.parameters())


def test_reading_a_judge_leaves_random_numbers_alone() -> None:
    find_judge(splits, HAT, "report", twin_faces=60, recipe=QUICKER)
    before = torch.get_rng_state()
    find_judge(splits, HAT, "report", twin_faces=60, recipe=QUICKER)
    assert torch.get_rng_state().equal(before)


def test_everything_that_makes_a_judge_is_in_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def key(
        attributes: tuple[str, ...] = HAT, role: Role = "report", size: int = SIZE, faces: int = 60, **recipe: int
    ) -> str:
        return find_judge(
            lambda split: TwinFaces(image_size=size, split=split, size=1), attributes, role, twin_faces=faces,
            recipe=replace(QUICKER, **recipe),
        ).key  # fmt: skip

    keys = [key(), key(("Bangs",)), key(role="selection"), key(size=24), key(faces=61), key(seed=5), key(steps=3)]
    monkeypatch.setattr("facegan.evaluation.judge_cache.VERSION", 999)
    keys.append(key())
    monkeypatch.undo()
    assert len(set(keys)) == len(keys)


def test_a_renderer_that_changed_makes_another_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    lesson, _ = lessons(splits, HAT, "report", twin_faces=60)
    before = lesson.fingerprint()
    monkeypatch.setattr(
        "facegan.evaluation.judge_data.render", lambda faces, image_size: torch.zeros(len(faces), 3, 8, 8)
    )
    assert lessons(splits, HAT, "report", twin_faces=60)[0].fingerprint() != before


def test_a_damaged_file_is_trained_anew() -> None:
    judge = find_judge(splits, HAT, "report", twin_faces=60, recipe=QUICKER)
    (path,) = judge_folder().iterdir()
    path.write_bytes(path.read_bytes()[:100])
    assert find_judge(splits, HAT, "report", twin_faces=60, recipe=QUICKER).accuracy == judge.accuracy


def test_the_judge_that_reports_never_selects() -> None:
    """Law 10: other network, other seed, other training faces, other exam, other weights."""
    report, selection = RECIPES["report"], RECIPES["selection"]
    assert len({recipe.block for recipe in (report, selection, RECIPES["second"])}) == 3
    assert len({recipe.seed for recipe in RECIPES.values()}) == len(RECIPES)
    assert SPLITS["report"] != SPLITS["selection"]
    assert len({*TWIN_SEEDS.values(), FRESH_SEED, FRESH_SEED + 1}) == 6
    (lesson, exam), (other, other_exam) = (
        lessons(splits, HAT, role, twin_faces=60) for role in ("report", "selection")
    )
    assert not lesson.images().equal(other.images())
    assert not exam.images().equal(other_exam.images())
    shapes = [[p.shape for p in recipe.network(SIZE, 1).parameters()] for recipe in (report, selection)]
    assert shapes[0] != shapes[1]


def test_no_person_teaches_both_judges() -> None:
    source = Numbered(60)
    source.identities[::7] = -1
    mine, other = share_of(source, "report"), share_of(source, "selection")
    assert not set(mine.tolist()) & set(other.tolist())
    assert len(mine) + len(other) == 60
    assert len(mine) > len(other)
    persons = [{int(p) for p in source.identities[index] if p >= 0} for index in (mine, other)]
    assert not persons[0] & persons[1]


def test_unknown_labels_neither_teach_nor_examine() -> None:
    source = Numbered(40, image_size=SIZE)
    lesson = photo_lesson(source, ("Young",), torch.arange(40))
    accuracy = examine(train_network(lesson, QUICKER), lesson, ("Young",))["Young"]
    assert accuracy.having + accuracy.lacking == 30


def test_a_huge_data_set_is_thinned_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST == 20_000
    monkeypatch.setattr("facegan.evaluation.judge_data.MOST", 10)
    lesson = photo_lesson(Numbered(35), ("Smiling", "Young"), torch.arange(35))
    assert len(lesson.labels) == 9
    assert lesson.images().equal(Numbered(35).images(torch.arange(0, 35, 4)))


def test_worn_faces_stay_faces() -> None:
    images = Numbered(6, image_size=SIZE).pixels
    before = images.clone()
    with torch.random.fork_rng():
        faces = worn(images, noise=0.0)
    assert images.equal(before)
    assert faces.abs().max() <= 1.0


def test_caches_are_where_the_environment_says(tmp_path: Path) -> None:
    assert judge_folder() == tmp_path / "cache" / "judges"


def test_rare_faces_are_drawn_often_and_both_values_weigh_the_same() -> None:
    labels = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, float("nan")]])
    chances, weights = balance(labels)
    assert chances.tolist() == pytest.approx([(1 + 1 / 2) / 2, (1 / 3 + 1) / 2, (1 / 3 + 1 / 2) / 2, (1 / 3) / 2])
    for k in range(2):
        mass = [float((chances * (labels[:, k] == value)).sum() * weights[value, k]) for value in (0, 1)]
        assert mass[0] == pytest.approx(mass[1])


def test_the_threshold_is_where_most_are_right() -> None:
    logits = torch.cat([torch.linspace(1.0, 3.0, 30), torch.linspace(-2.0, 0.5, 300)])[:, None]
    labels = torch.cat([torch.ones(30), torch.zeros(300)])[:, None]
    assert thresholds(logits, labels).tolist() == [0.75]
    assert thresholds(logits[20:], labels[20:]).tolist() == [0.0]  # ten faces are too few to tell


def test_the_second_judge_is_found_again_and_looks_at_patches() -> None:
    recipe = replace(PATCHES, steps=2)
    first = find_judge(splits, HAT, "second", twin_faces=60, recipe=recipe)
    again = find_judge(splits, HAT, "second", twin_faces=60, recipe=recipe)
    assert (again.key, again.facts()) == (first.key, first.facts())
    assert find_judge(splits, HAT, "second", twin_faces=60, recipe=replace(recipe, window=3)).key != first.key
    windows = {m.kernel_size for m in first.network.modules() if isinstance(m, torch.nn.Conv2d) and m.groups > 1}
    assert windows == {(5, 5)}


def test_a_card_holds_the_confusion_and_a_checksum_of_the_weights() -> None:
    judge = find_judge(splits, HAT, "report", twin_faces=60, recipe=QUICKER)
    accuracy, card = judge.accuracy["Wearing_Hat"], judge.facts()
    counts = card["accuracy"]["Wearing_Hat"]["confusion"]
    assert sum(counts.values()) == 200
    assert counts["true_positives"] == pytest.approx(accuracy.sensitivity * accuracy.having)
    assert counts["false_positives"] == pytest.approx((1 - accuracy.specificity) * accuracy.lacking)
    assert len(card["checksum"]) == 16
    judge.network.head.bias.add_(1.0)
    assert judge.facts()["checksum"] != card["checksum"]


def test_the_second_judge_is_shown_traces_of_edits_which_leave_a_label_as_it_is() -> None:
    numbers = torch.arange(40)
    plain, shown = (
        twin_lesson(HAT, 40, image_size=SIZE, seed=3, split="train", traces=traces) for traces in (False, True)
    )
    assert shown.labels.equal(plain.labels)
    differs = (shown.images() != plain.images()).flatten(1).any(1)
    assert not differs[numbers % 4 != 0].any()
    assert differs[numbers % 4 == 0].sum() >= 8
    assert shown.draw(numbers[8:12]).equal(shown.images()[8:12])


def test_a_partial_edit_lies_on_the_way_to_the_twin() -> None:
    faces = sample(torch.arange(12), seed=3, split="train", marginals={"Wearing_Hat": 0.5})
    images = render(faces, image_size=SIZE)
    halves, twins = (partial_edits(images, faces, "Wearing_Hat", share) for share in (0.5, 1.0))
    assert partial_edits(images, faces, "Wearing_Hat", 0.0).equal(images)
    assert halves.allclose((images + twins) / 2, atol=1e-6)
    worn = faces.labels[:, ATTRIBUTES.index("Wearing_Hat")] == 1
    assert twins[worn].equal(render(with_attribute(faces[worn], "Wearing_Hat", 0), image_size=SIZE))
