"""The store: what goes in comes out, changes are noticed, kills are survived, full disks are told."""

import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from facegan.data import store_build
from facegan.data.align import Framing
from facegan.data.crop import Crop
from facegan.data.errors import DataError
from facegan.data.journal import ChunkResult, append_journal, read_journal
from facegan.data.store import Store, open_store
from facegan.data.store_build import Work

from .images import picture, save_many

FRAMING = Framing(image_size=8)


def stored(folder: Path, cache: Path, *, framing: Framing = FRAMING, names: list[str] | None = None) -> Store:
    files = names if names is not None else sorted(path.name for path in folder.iterdir())
    return open_store(Work(root=folder, names=files, framing=framing), name="faces", cache=cache)


def expected(folder: Path, names: list[str]) -> torch.Tensor:
    squares = [FRAMING.cut(Image.open(folder / name))[0] for name in names]
    return torch.from_numpy(np.stack([np.asarray(square) for square in squares])).permute(0, 3, 1, 2)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    save_many(tmp_path / "photos", 20)
    return tmp_path / "photos"


def test_a_store_gives_the_cut_faces(photos: Path, tmp_path: Path) -> None:
    store = stored(photos, tmp_path / "cache")
    assert store.names == tuple(f"{number:05d}.png" for number in range(20))
    index = torch.tensor([3, 19, 0, 3])
    faces = store.images(index)
    assert faces.dtype == torch.uint8
    assert faces.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(faces, expected(photos, [store.names[number] for number in index]))
    assert store.sizes.tolist() == [[24, 20]] * 20


def test_a_second_opening_decodes_nothing(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = stored(photos, tmp_path / "cache")
    monkeypatch.setattr(store_build, "decode", None)
    assert stored(photos, tmp_path / "cache").folder == first.folder


def test_every_change_gets_a_store_of_its_own(photos: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    framings = (
        FRAMING,
        Framing(image_size=16),
        Framing(image_size=8, resample="bicubic"),
        Framing(image_size=8, crop=Crop(side=0.8)),
    )
    folders = [stored(photos, cache, framing=framing).folder for framing in framings]
    picture(24, 20, seed=99).save(photos / "00003.png")
    changed = stored(photos, cache)
    assert torch.equal(changed.images(torch.tensor([3])), expected(photos, ["00003.png"]))
    os.utime(photos / "00004.png", (1, 1))
    folders += [changed.folder, stored(photos, cache).folder]
    (photos / "00005.png").unlink()
    folders.append(stored(photos, cache).folder)
    (photos / "00006.png").rename(photos / "zzz.png")
    folders.append(stored(photos, cache).folder)
    assert len(set(folders)) == len(folders)


def test_bad_files_are_left_out_and_listed(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photos / "00002.png").write_bytes(b"nothing")
    (photos / "00007.png").write_bytes((photos / "00007.png").read_bytes()[:60])
    picture(4, 4).save(photos / "00009.png")
    store = stored(photos, tmp_path / "cache")
    assert set(store.left_out) == {"00002.png", "00007.png", "00009.png"}
    assert len(store) == len(store.sizes) == 17
    names = list(store.names)
    assert torch.equal(store.images(torch.arange(17)), expected(photos, names))
    report = (store.folder / "left_out.txt").read_text()
    assert "3 of 20 images were left out" in report
    assert "00002.png: not an image" in report
    assert "00009.png: 4 x 4 pixels leave a crop below 8 pixels" in report
    assert "3 of 20 images were left out" in capsys.readouterr().err


def test_nothing_usable_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"none of 1 images can be used; a\.jpg: not an image"):
        stored(tmp_path / "photos", tmp_path / "cache")


BUILDER = """
import sys, time
from pathlib import Path
from facegan.data import store_build
from facegan.data.align import Framing
from facegan.data.store import open_store
from facegan.data.store_build import Work
store_build.CHUNK = 4
plain = store_build.decode
def slow(path):
    time.sleep(0.005)
    return plain(path)
store_build.decode = slow
root, cache = Path(sys.argv[1]), Path(sys.argv[2])
names = sorted(path.name for path in root.iterdir())
open_store(Work(root=root, names=names, framing=Framing(image_size=8)), name="faces", cache=cache, workers=2)
"""


def journal_lines(cache: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in cache.glob("*.partial/journal.jsonl"))


def kill_midway(photos: Path, cache: Path, *, after: int) -> int:
    """Starts a builder, kills it once the journal has so many lines, and gives the number it left."""
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(BUILDER), str(photos), str(cache)])
    deadline = time.monotonic() + 60
    while journal_lines(cache) < after and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "the builder ended before it could be killed"
    return journal_lines(cache)


def test_a_killed_build_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photos, cache = tmp_path / "photos", tmp_path / "cache"
    names = save_many(photos, 400, size=(12, 10))
    (photos / names[1]).write_bytes(b"nothing")
    done = kill_midway(photos, cache, after=5)
    done_later = kill_midway(photos, cache, after=done + 10)
    assert 5 <= done < done_later < 100
    assert not [path for path in cache.iterdir() if path.suffix not in (".partial", ".lock")], "half a store has a name"
    decoded = []
    plain = store_build.decode
    monkeypatch.setattr(store_build, "CHUNK", 4)
    monkeypatch.setattr(store_build, "decode", lambda path: (decoded.append(path.name), plain(path))[1])
    store = stored(photos, cache)
    assert len(decoded) == 400 - 4 * done_later
    assert list(store.left_out) == [names[1]]
    kept = [name for name in names if name != names[1]]
    assert torch.equal(store.images(torch.arange(399)), expected(photos, kept))
    assert sorted(path.suffix for path in cache.iterdir()) == ["", ".lock"]


def test_a_line_that_a_kill_cut_short_does_not_count(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    append_journal(journal, ChunkResult(0, {"a": (1, 2)}, {"b": "broken"}))
    append_journal(journal, ChunkResult(1, {"c": (3, 4)}, {}))
    journal.write_bytes(journal.read_bytes()[:-10])
    assert list(read_journal(journal)) == [0]
    append_journal(journal, ChunkResult(2, {"d": (5, 6)}, {}))
    assert read_journal(journal) == {
        0: ChunkResult(0, {"a": (1, 2)}, {"b": "broken"}),
        2: ChunkResult(2, {"d": (5, 6)}, {}),
    }


@pytest.mark.parametrize("where", ["posix_fallocate", "pwrite", "fsync"])
def test_a_full_disk_is_told_and_leaves_nothing(
    where: str, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, where, full)
    with pytest.raises(DataError, match=r"the disk is full: the store of 20 images takes 0 MB.*FACEGAN_CACHE"):
        stored(photos, tmp_path / "cache")
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".lock"]


def test_an_interrupted_build_stops_at_once(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def interrupted(path: Path) -> None:
        calls.append(path)
        raise KeyboardInterrupt

    monkeypatch.setattr(store_build, "CHUNK", 1)
    monkeypatch.setattr(store_build, "decode", interrupted)
    with pytest.raises(KeyboardInterrupt):
        stored(photos, tmp_path / "cache")
    assert len(calls) < 20


def test_a_damaged_store_is_told(photos: Path, tmp_path: Path) -> None:
    folder = stored(photos, tmp_path / "cache").folder
    pixels = folder / "images.npy"
    pixels.write_bytes(pixels.read_bytes()[:-1])
    with pytest.raises(DataError, match=r"damaged.*delete it"):
        stored(photos, tmp_path / "cache")
    (folder / "store.json").write_text("{")
    with pytest.raises(DataError, match=r"damaged.*delete it"):
        stored(photos, tmp_path / "cache")


def test_the_cache_is_where_the_user_says(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEGAN_CACHE", str(tmp_path / "mine"))
    store = open_store(Work(root=photos, names=["00000.png"], framing=FRAMING), name="faces")
    assert store.folder.parent == tmp_path / "mine"
    monkeypatch.delenv("FACEGAN_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    store = open_store(Work(root=photos, names=["00000.png"], framing=FRAMING), name="faces")
    assert store.folder.parent == tmp_path / "xdg" / "facegan"


def test_a_cache_that_cannot_be_written_is_told(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "posix_fallocate", refused)
    with pytest.raises(DataError, match=r"cannot write in .*FACEGAN_CACHE"):
        stored(photos, tmp_path / "cache")


def test_landmarks_belong_to_the_key_and_missing_ones_are_listed(photos: Path, tmp_path: Path) -> None:
    square = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]])
    framing = Framing(image_size=8, template=tuple(map(tuple, square.tolist())))
    names = [f"{number:05d}.png" for number in range(3)]
    points = dict.fromkeys(names[:2], square * 20 + 1)
    folders = set()
    for shift in (0, 1):
        moved = {name: values + shift for name, values in points.items()}
        work = Work(root=photos, names=names, framing=framing, landmarks=moved)
        store = open_store(work, name="faces", cache=tmp_path / "cache")
        folders.add(store.folder)
        assert store.left_out == {"00002.png": "no landmarks"}
        assert store.aligned
        cut, _ = framing.cut(Image.open(photos / names[0]), moved[names[0]])
        assert torch.equal(store.images(torch.tensor([0]))[0], torch.from_numpy(np.array(cut)).permute(2, 0, 1))
    assert len(folders) == 2


def test_the_summary_is_plain_json(photos: Path, tmp_path: Path) -> None:
    summary = json.loads((stored(photos, tmp_path / "cache").folder / "store.json").read_text())
    assert Framing.from_dict(summary["framing"]) == FRAMING
