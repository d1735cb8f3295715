import numpy as np
import pytest

from facegan.data.errors import DataError
from facegan.data.splits import hashed_parts, named_parts, shared_persons, split_mask


def test_no_person_is_in_two_parts_and_the_parts_have_their_sizes() -> None:
    people = np.repeat(np.arange(4000), 3)
    parts = hashed_parts(people.tolist(), [f"{number}.jpg" for number in range(12000)])
    assert shared_persons(people, parts) == 0
    assert np.abs(np.bincount(parts, minlength=3) / 12000 - (0.8, 0.1, 0.1)).max() < 0.02


def test_a_person_is_in_the_same_part_of_every_data_set() -> None:
    one = hashed_parts([3, 17, 99, 250], ["a", "b", "c", "d"])
    other = hashed_parts([250, 1, 99, 17, 3], ["v", "w", "x", "y", "z"])
    assert one.tolist() == other[[4, 3, 2, 0]].tolist()
    assert hashed_parts(range(40), [""] * 40).tolist()[:12] == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]


def test_unknown_persons_are_split_by_their_files() -> None:
    files = [f"{number}.jpg" for number in range(3000)]
    parts = hashed_parts([-1] * 3000, files)
    assert np.abs(np.bincount(parts, minlength=3) / 3000 - (0.8, 0.1, 0.1)).max() < 0.03
    assert hashed_parts([-1] * 10, files[50:60]).tolist() == parts[50:60].tolist()


def test_named_parts() -> None:
    words = ["train", "Validation", "test", "val", "0", "1", "2", "2.0"]
    assert named_parts(words, where="it").tolist() == [0, 1, 2, 1, 0, 1, 2, 2]
    with pytest.raises(DataError, match=r"it has 2 splits other than train.*: red, 3"):
        named_parts(["train", "red", "3"], where="it")


def test_splits_are_chosen_and_empty_ones_refused() -> None:
    parts = np.array([0, 2, 0])
    assert split_mask(parts, "all", name="faces").tolist() == [True, True, True]
    assert split_mask(parts, "test", name="faces").tolist() == [False, True, False]
    with pytest.raises(DataError, match=r"'validation' of 'faces' has no faces \(train 2, validation 0, test 1\)"):
        split_mask(parts, "validation", name="faces")
    with pytest.raises(DataError, match="unknown split 'valid'"):
        split_mask(parts, "valid", name="faces")


def test_shared_persons_are_counted() -> None:
    assert shared_persons(np.array([1, 1, 1, 2, 2, -1, -1, 3]), np.array([0, 1, 2, 0, 0, 0, 1, 2])) == 1
