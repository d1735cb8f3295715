"""CelebA and folders: matched with their labels, split, or refused in one line with counts."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from facegan.data.align import Framing
from facegan.data.celeba import CelebA
from facegan.data.check import check
from facegan.data.draw import Draw
from facegan.data.errors import DataError
from facegan.data.folder import Folder
from facegan.data.sampling import Sampler
from facegan.data.splits import shared_persons

from .images import save_many

COUNT = 60


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def celeba(tmp_path: Path) -> Path:
    """60 images at a tenth of CelebA's size, 2 of each of 30 persons; Smiling for every second, Bald for none."""
    root = tmp_path / "celeba"
    names = save_many(root / "img_align_celeba", COUNT, size=(36, 44), suffix=".jpg")
    rows = [f"{name} {1 if number % 2 else -1:2d} -1" for number, name in enumerate(names)]
    (root / "list_attr_celeba.txt").write_text("\n".join([str(COUNT), "Smiling Bald ", *rows]) + "\n")
    (root / "identity_CelebA.txt").write_text("".join(f"{name} {number // 2}\n" for number, name in enumerate(names)))
    parts = [0] * 40 + [1] * 10 + [2] * 10
    (root / "list_eval_partition.txt").write_text("".join(f"{n} {p}\n" for n, p in zip(names, parts, strict=True)))
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """60 images in two subfolders, a table beside them with 20 persons; Young is unknown for every third."""
    root = tmp_path / "mine"
    names = [f"a/{name}" for name in save_many(root / "a", 30)] + [f"b/{name}" for name in save_many(root / "b", 30)]
    rows = [f"{name},{n % 2},{'' if n % 3 == 0 else n % 3 - 1},{n // 3}" for n, name in enumerate(names)]
    (tmp_path / "labels.csv").write_text("\n".join(["file,Smiling,Young,identity", *rows]) + "\n")
    return root


def test_celeba_as_published(celeba: Path) -> None:
    sets = {split: CelebA(celeba, image_size=16, split=split) for split in ("train", "validation", "test", "all")}  # type: ignore[arg-type]
    assert {split: len(faces) for split, faces in sets.items()} == {
        "train": 40,
        "validation": 10,
        "test": 10,
        "all": 60,
    }
    test = sets["test"]
    assert test.attributes == ("Smiling", "Bald")
    assert test.labels.tolist() == [[0, 0], [1, 0]] * 5
    assert test.identities.tolist() == [25, 25, 26, 26, 27, 27, 28, 28, 29, 29]
    assert test.files[0] == "00050.jpg"
    cut, _ = Framing.from_dict(test.crop()).cut(Image.open(celeba / "img_align_celeba" / "00052.jpg"))
    assert torch.equal(test.images(torch.tensor([2]))[0], torch.from_numpy(np.array(cut)).permute(2, 0, 1))
    assert test.report is None


def test_all_splits_share_one_store(celeba: Path, tmp_path: Path) -> None:
    for split in ("train", "test"):
        CelebA(celeba, image_size=16, split=split)  # type: ignore[arg-type]
    assert len(list((tmp_path / "cache").glob("*.lock"))) == 1


def test_celeba_split_by_person(celeba: Path) -> None:
    faces = CelebA(celeba, image_size=16, split="all", partition="identity")
    assert shared_persons(faces.all_identities, faces.parts) == 0
    assert faces.parts.tolist() != CelebA(celeba, image_size=16, split="all").parts.tolist()


def test_celebas_images_that_cannot_be_used_take_their_labels_along(celeba: Path) -> None:
    (celeba / "img_align_celeba" / "00051.jpg").write_bytes(b"nothing")
    Image.new("RGB", (44, 44)).save(celeba / "img_align_celeba" / "00053.jpg")
    test = CelebA(celeba, image_size=16, split="test")
    assert len(test) == 8
    assert test.files[:3] == ("00050.jpg", "00052.jpg", "00054.jpg")
    assert test.labels[:, 0].tolist() == [0, 0, 0, 1, 0, 1, 0, 1]
    assert test.identities.tolist() == [25, 26, 27, 27, 28, 28, 29, 29]
    assert "have not the shape of 178 x 218" in test.left_out["00053.jpg"]
    assert test.report is not None
    assert "00051.jpg: not an image" in test.report.read_text()


def drop_line(path: Path, number: int) -> None:
    lines = path.read_text().splitlines()
    del lines[number]
    path.write_text("\n".join(lines) + "\n")


def break_celeba(root: Path, how: str) -> None:
    labels, images = root / "list_attr_celeba.txt", root / "img_align_celeba"
    match how:
        case "no folder":
            root.rename(root.with_name("gone"))
        case "no images":
            images.rename(root / "elsewhere")
        case "empty":
            for path in images.iterdir():
                path.unlink()
        case "images without labels":
            for number in (59, 60):
                Image.new("RGB", (36, 44)).save(images / f"x{number}.jpg")
        case "labels without images":
            (images / "00007.jpg").unlink()
        case "other names":
            for path in list(images.iterdir()):
                path.rename(images / f"renamed-{path.name}")
        case "no labels":
            labels.unlink()
        case "cut short":
            drop_line(labels, -1)
        case "short row":
            labels.write_text(labels.read_text().replace("00004.jpg -1 -1", "00004.jpg -1"))
        case "double":
            labels.write_text(labels.read_text().replace("00004.jpg", "00005.jpg"))
        case "word":
            labels.write_text(labels.read_text().replace("00004.jpg -1 -1", "00004.jpg -1 no"))
        case "other number":
            labels.write_text(labels.read_text().replace("00004.jpg -1 -1", "00004.jpg -1 3"))
        case "identity missing":
            drop_line(root / "identity_CelebA.txt", 3)
        case "no partition":
            (root / "list_eval_partition.txt").unlink()
        case "odd partition":
            path = root / "list_eval_partition.txt"
            path.write_text(path.read_text().replace("00004.jpg 0", "00004.jpg 9"))
        case "empty part":
            path = root / "list_eval_partition.txt"
            path.write_text(path.read_text().replace(".jpg 2", ".jpg 1"))


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("no folder", "there is no folder"),
        ("no images", "there is no folder .*img_align_celeba"),
        ("empty", "no images in .*img_align_celeba"),
        ("images without labels", r"60 match, 0 labels without an image, 2 images without a label \(x59.*subset=true"),
        (
            "labels without images",
            r"59 match, 1 labels without an image \(00007.jpg\), 0 images without a label.*subset",
        ),
        ("other names", "0 match, 60 labels without an image .*60 images without a label .*right folder"),
        ("no labels", "there is no .*list_attr_celeba.txt"),
        ("cut short", "announces 60 rows and has 59"),
        ("short row", "1 rows without 2 labels, the first in line 7"),
        ("double", r"names 1 files more than once \(00005.jpg\)"),
        ("word", "'Bald' .*1 values that are no number, such as 'no'"),
        ("other number", "1 values other than 0/1 or -1/1, such as 3 in 'Bald'"),
        ("identity missing", "identity_CelebA.txt lacks 1 of the 60 images"),
        ("no partition", "no .*list_eval_partition.txt: put it there, or set partition=identity"),
        ("odd partition", "1 splits other than train.*: 9"),
        ("empty part", r"'test' of 'celeba' has no faces \(train 40, validation 20, test 0\)"),
    ],
)
def test_a_broken_celeba_is_refused_in_one_line(how: str, message: str, celeba: Path) -> None:
    break_celeba(celeba, how)
    with pytest.raises(DataError, match=message) as caught:
        CelebA(celeba, image_size=16, split="test")
    assert "\n" not in str(caught.value)


def test_a_part_of_celeba_can_be_used(celeba: Path) -> None:
    break_celeba(celeba, "labels without images")
    break_celeba(celeba, "images without labels")
    faces = CelebA(celeba, image_size=16, split="all", subset=True)
    assert len(faces) == 59
    assert "00007.jpg" not in faces.files
    assert faces.labels[7].tolist() == [0, 0]
    assert faces.identities[7] == 4


def test_unknown_settings_are_refused(celeba: Path, folder: Path) -> None:
    for build, message in (
        (lambda: CelebA(celeba, crop="tight"), "unknown crop 'tight'; for CelebA there are fader, stargan, attgan"),
        (lambda: CelebA(celeba, split="valid"), "unknown split 'valid'"),  # type: ignore[arg-type]
        (lambda: CelebA(celeba, partition="x"), "unknown partition 'x'"),  # type: ignore[arg-type]
        (lambda: CelebA(celeba, resample="magic"), "unknown resampling 'magic'"),
        (lambda: CelebA(celeba, image_size=0), "image size between 1"),
        (lambda: Folder(folder, crop="tight"), "unknown crop 'tight'; there are centre, whole"),
        (lambda: Folder(folder, align="genegan"), "takes both `align`"),
        (lambda: Folder(folder, align="x", landmarks="y.json"), "unknown template 'x'"),
        (lambda: Folder(folder, align="genegan", landmarks="y.json"), "there is no landmark file y.json"),
    ):
        with pytest.raises(DataError, match=message):
            build()


def test_a_folder_with_a_table(folder: Path, tmp_path: Path) -> None:
    faces = Folder(folder, labels=tmp_path / "labels.csv", image_size=16, split="all")
    assert (faces.name, len(faces), faces.attributes) == ("mine", 60, ("Smiling", "Young"))
    assert faces.files[0] == "a/00000.png"
    assert faces.files[30] == "b/00000.png"
    assert faces.labels[:, 0].tolist() == [0, 1] * 30
    assert faces.labels[:, 1].isnan().tolist() == [True, False, False] * 20
    assert faces.identities.tolist() == [number // 3 for number in range(60)]
    assert shared_persons(faces.all_identities, faces.parts) == 0
    train = Folder(folder, labels=tmp_path / "labels.csv", image_size=16)
    assert set(train.files) == {name for name, part in zip(faces.files, faces.parts, strict=True) if part == 0}


def test_a_folder_without_a_table(folder: Path) -> None:
    faces = Folder(folder, image_size=16, split="all")
    assert faces.attributes == ()
    assert faces.labels.shape == (60, 0)
    assert set(faces.identities.tolist()) == {-1}
    drawn = Sampler(faces, attributes=[], seed=0).batch("any", Draw(), 0, 8)
    assert drawn.images.shape == (8, 3, 16, 16)
    assert drawn.attributes.shape == (8, 0)


def test_a_folder_takes_the_tables_split_and_bare_names(tmp_path: Path) -> None:
    names = save_many(tmp_path / "mine" / "deep", 6)
    rows = [f"{name},{n % 2},{('train', 'val', 'test')[n % 3]},{n // 3}" for n, name in enumerate(names)]
    (tmp_path / "labels.csv").write_text("\n".join(["image,Smiling,split,identity", *rows]) + "\n")
    faces = Folder(tmp_path / "mine", labels=tmp_path / "labels.csv", image_size=8, split="validation")
    assert faces.files == ("deep/00001.png", "deep/00004.png")
    assert faces.labels.tolist() == [[1], [0]]
    assert check(faces).shared_persons == 2
    split_by_person = Folder(
        tmp_path / "mine", labels=tmp_path / "labels.csv", image_size=8, split="all", partition="identity"
    )
    assert check(split_by_person).shared_persons == 0


def test_a_table_that_does_not_match_its_folder(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    drop_line(path, 5)
    path.write_text(path.read_text() + "c/1.png,1,0,0\nc/2.png,1,0,0\n")
    message = r"labels.csv does not match.*59 match, 2 labels without an image \(c/1.png, c/2.png\), 1 images without"
    with pytest.raises(DataError, match=message):
        Folder(folder, labels=path, image_size=8)
    assert len(Folder(folder, labels=path, image_size=8, split="all", subset=True)) == 59


@pytest.mark.parametrize("how", ["missing", "empty", "no images"])
def test_a_folder_of_nothing_is_refused(how: str, tmp_path: Path) -> None:
    root = tmp_path / "mine"
    if how != "missing":
        root.mkdir()
    if how == "no images":
        (root / "notes.txt").write_text("x")
        (root / ".hidden.png").write_bytes(b"x")
    with pytest.raises(DataError, match="there is no folder" if how == "missing" else "no images in"):
        Folder(root)


def test_faces_are_aligned_by_landmarks_from_a_file(folder: Path, tmp_path: Path) -> None:
    square = np.array([[9, 8], [14, 8], [11.5, 11], [9.5, 14], [13.5, 14]])
    (tmp_path / "points.csv").write_text(
        "file,x\n" + "".join(f"a/{n:05d}.png,{','.join(map(str, (square + n % 2).ravel()))}\n" for n in range(30))
    )
    faces = Folder(folder, image_size=16, split="all", align="genegan", landmarks=tmp_path / "points.csv")
    assert len(faces) == 30
    assert faces.left_out["b/00000.png"] == "no landmarks"
    framing = Framing.from_dict(faces.crop())
    cut, _ = framing.cut(Image.open(folder / "a" / "00003.png"), square + 1)
    assert torch.equal(faces.images(torch.tensor([3]))[0], torch.from_numpy(np.array(cut)).permute(2, 0, 1))
    assert check(faces).enlarged is None


def test_a_report_counts_everything(folder: Path, tmp_path: Path) -> None:
    (folder / "a" / "00001.png").write_bytes(b"nothing")
    report = check(Folder(folder, labels=tmp_path / "labels.csv", image_size=32, split="all"))
    assert report.faces == 59
    assert report.attributes["Smiling"].present == 29
    assert report.attributes["Young"].unknown == 20
    assert report.identities == 20
    assert sum(report.splits.values()) == 59
    assert report.shorter_side == (20, 20, 20)
    assert report.enlarged == 59
    assert list(report.left_out) == ["a/00001.png"]
    text = str(report)
    assert "Young: 20 of 39 (51.3%), 20 unknown" in text
    assert "1 x not an image" in text
    assert report.to_dict()["faces"] == 59
