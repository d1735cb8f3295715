"""The published protocols: AttGAN's accuracy counted by hand, its classifier, and the command for all of them."""

import json
import math
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from facegan.attributes import CELEBA
from facegan.cli import evaluate_published
from facegan.cli.main import main
from facegan.config import compose_config
from facegan.data.joined import Joined
from facegan.data.sampling import to_network
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.judge_data import Lesson
from facegan.evaluation.published import attgan_accuracy, attgan_classifier
from facegan.evaluation.published.attgan_accuracy import ATTRIBUTES, AttGANAccuracy, without_excluded
from facegan.evaluation.published.attgan_classifier import (
    AttGANClassifier,
    Trained,
    find_classifier,
    optimizer_of,
    rate_at,
    train,
)
from facegan.evaluation.published.named import PUBLISHED, published_of
from facegan.evaluation.published.protocol import MEAN, Found
from facegan.evaluation.settings import OPTIMISED_FACES
from facegan.models.base import Model, verb
from tests.data.faces import Numbered
from tests.evaluation.editors import Editor
from tests.runs import tiny_run

SIZE = 32


class Labelled(FaceSource):
    """Faces whose first 13 pixels are their labels: 64 for "has it not", 191 for "has it"."""

    def __init__(self, labels: Tensor, *, name: str = "celeba") -> None:
        self.name, self.attributes, self.image_size = name, CELEBA, SIZE
        self.labels = torch.zeros(len(labels), len(CELEBA))
        self.labels[:, [CELEBA.index(attribute) for attribute in ATTRIBUTES]] = labels
        self.identities = torch.arange(len(labels))

    def images(self, index: Tensor) -> Tensor:
        faces = torch.full((len(index), 3, SIZE, SIZE), 128, dtype=torch.uint8)
        mine = self.labels[index][:, [CELEBA.index(attribute) for attribute in ATTRIBUTES]]
        faces[:, 0, 0, : len(ATTRIBUTES)] = (64 + 127 * mine).to(torch.uint8)
        return faces


class Reading(nn.Module):
    """Sees what stands in those pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.part = nn.Parameter(torch.zeros(()))

    def forward(self, images: Tensor) -> Tensor:
        logits = torch.full((len(images), len(CELEBA)), -1.0)
        logits[:, [CELEBA.index(attribute) for attribute in ATTRIBUTES]] = images[:, 0, 0, : len(ATTRIBUTES)]
        return logits


class Writer(Model):
    """Writes the values that it is asked for into those pixels, as AttGAN's decoder is told them; keeps a diary."""

    paper, verb_parts = "none", ()

    def __init__(self, attributes: tuple[str, ...] = ATTRIBUTES, *, deaf: str = "") -> None:
        super().__init__(image_size=SIZE, attributes=attributes, weights={})
        self.deaf, self.diary = deaf, list[tuple[Tensor, float]]()

    @verb
    def edit(self, images: Tensor, target: Tensor, source: Tensor, strength: float = 1.0) -> Tensor:
        self.diary.append((source, strength))
        wanted = torch.where(target.isnan(), source, target)
        for place, name in enumerate(self.attributes):
            if name == self.deaf:
                wanted[:, place] = source[:, place]
        places = [ATTRIBUTES.index(name) for name in self.attributes]
        edited = images.clone()
        edited[:, 0, 0, places] = wanted - 0.5
        return edited


def trained() -> Trained:
    return Trained(network=Reading(), attributes=CELEBA, key="0", checksum="0")  # type: ignore[arg-type]


def asked(**changes: float) -> AttGANAccuracy:
    return AttGANAccuracy(**{"faces": 19_962, "chunk": 3, "intensity": 2.0, "epochs": 25, **changes})


def labels(count: int = 4, **values: list[int]) -> Tensor:
    found = torch.zeros(count, len(ATTRIBUTES))
    for name, column in values.items():
        found[:, ATTRIBUTES.index(name)] = torch.tensor(column).float()
    return found


def counted(model: Model, table: Tensor, **changes: float) -> Found:
    return asked(**changes).counted(model, Labelled(table), trained())


def test_an_editor_that_does_as_it_is_told_hits_and_conflicts_count_as_errors() -> None:
    """Two of four faces have bangs; to make them bald takes these away, which their labels do not know."""
    found = counted(Writer(), labels(Bangs=[1, 1, 0, 0]))
    assert {found.value("accuracy", name) for name in (*ATTRIBUTES, MEAN)} == {1.0}
    assert {found.value("classifier", name) for name in (*ATTRIBUTES, MEAN)} == {1.0}
    assert found.value("errors", "Bald") == pytest.approx(2 / 4 / 12)
    assert found.value("errors", "Bangs") == 0  # nobody was bald
    assert found.value("errors", MEAN) == pytest.approx(2 / 4 / 12 / 13)


def test_directions_are_pooled_and_stand_apart_and_the_mean_is_not_weighed() -> None:
    found = counted(Writer(deaf="Male"), labels(Male=[1, 0, 0, 0]))
    assert (found.value("accuracy", "Male"), found.value("accuracy", MEAN)) == (0.0, pytest.approx(12 / 13))

    class Adder(Writer):
        @verb
        def edit(self, images: Tensor, target: Tensor, source: Tensor, strength: float = 1.0) -> Tensor:
            return Writer.edit(self, images, torch.where(target == 0, torch.nan, target), source, strength)

    found = counted(Adder(), labels(Male=[1, 0, 0, 0]))
    assert found.value("accuracy", "Male") == 0.75
    assert (found.value("adding", "Male"), found.value("removing", "Male")) == (1.0, 0.0)
    counts = {(f.measure, f.row): f.count for f in found.figures}
    assert (counts["adding", "Male"], counts["removing", "Male"], counts["removing", "Bald"]) == (3, 1, 0)
    assert math.isnan(found.value("removing", "Bald"))
    assert found.value("removing", MEAN) == 0.0  # of the one attribute that any face could lose


def test_the_flipped_value_is_doubled_and_what_it_excludes_is_not() -> None:
    """Twice the value 1 of an attribute that was -1 is half a step beyond it: strength 1.5."""
    model = Writer()
    counted(model, labels(1, Blond_Hair=[1]))
    assert {strength for _, strength in model.diary} == {1.5}
    told = dict(zip(ATTRIBUTES, [source[0] for source, _ in model.diary], strict=True))
    blond = ATTRIBUTES.index("Blond_Hair")
    assert told["Black_Hair"][blond] == told["Brown_Hair"][blond] == 0
    assert told["Bangs"][blond] == told["Blond_Hair"][blond] == 1
    plain = Writer()
    counted(plain, labels(1), intensity=1.0)
    assert {strength for _, strength in plain.diary} == {1.0}


def test_mustache_and_no_beard_go_together_as_in_the_code() -> None:
    told = without_excluded(torch.ones(1, 13), "Mustache", ATTRIBUTES)
    assert told.equal(torch.ones(1, 13))
    off = without_excluded(torch.ones(1, 13), "Bangs", ATTRIBUTES)
    assert [name for name, value in zip(ATTRIBUTES, off[0], strict=True) if value == 0] == ["Bald"]


def test_unknown_labels_are_neither_hit_nor_error() -> None:
    table = labels(2, Male=[1, 0])
    table[0, ATTRIBUTES.index("Young")] = math.nan
    found = counted(Writer(), table)
    assert {(f.measure, f.count) for f in found.figures if f.row == "Young" and f.measure == "accuracy"} == {
        ("accuracy", 1)
    }
    assert found.value("errors", "Male") == 0


def test_what_is_not_as_published_is_said() -> None:
    said = " ".join(counted(Writer(), labels()).deviations)
    for words in ("32 pixels instead of 128", "4 faces instead of 19,962", "data.crop=attgan"):
        assert words in said
    assert "attributes" not in said
    said = " ".join(counted(Writer(("Male", "Young")), labels(), epochs=2, intensity=1).deviations)
    for words in ("2 of the 13 attributes", "2 epochs instead of 25", "intensity 1 instead of 2"):
        assert words in said


def test_who_cannot_be_asked_is_refused_before_a_classifier_is_trained() -> None:
    with pytest.raises(UserError, match="edits none of the attributes of attgan_accuracy: Bald"):
        asked().check(Writer(("Smiling",)))
    with pytest.raises(UserError, match="multiple of 32 pixels, not 16"):
        asked().check(Editor(lambda images: images, attributes=("Male",)))
    with pytest.raises(UserError, match="lacks Bald"):
        asked().measure(Writer(), lambda split: Numbered(image_size=SIZE))


def test_the_classifier_is_the_authors() -> None:
    """3,297,944 weights: 1,177,776 of ten kernels, 1,984 of their norms, 2,097,664 and 20,520 of two layers."""
    network = AttGANClassifier(image_size=128, outputs=40)
    assert sum(p.numel() for p in network.parameters()) == 3_297_944
    assert network(torch.zeros(2, 3, 128, 128)).shape == (2, 40)
    kernels, others = optimizer_of(network).param_groups
    assert (kernels["weight_decay"], others["weight_decay"]) == (1e-4, 0.0)
    assert sum(p.numel() for p in kernels["params"]) == 1_177_776 + 4096 * 512 + 512 * 40
    assert kernels["betas"] == (0.9, 0.999)


def test_its_rate_falls_from_the_ninth_epoch_on() -> None:
    assert [rate_at(epoch, 25) for epoch in (0, 8)] == [2e-4, 2e-4]
    assert rate_at(9, 25) == pytest.approx(2e-4 * 0.96**0.75)
    assert rate_at(24, 25) == pytest.approx(2e-4 * (9 / 25) ** 0.75)


def test_it_learns_and_a_stopped_training_ends_as_if_it_had_not_been_stopped(tmp_path: Path) -> None:
    source = Labelled((torch.rand(64, 13, generator=torch.Generator().manual_seed(1)) > 0.5).float())
    lesson = Lesson(labels=source.labels, draw=source.images)

    def made() -> AttGANClassifier:
        return AttGANClassifier(image_size=SIZE, outputs=40)

    def ends(path: Path, epochs: int) -> dict[str, Tensor]:
        return train(made, lesson, epochs=epochs, beside=path, device=torch.device("cpu")).state_dict()

    class StoppedError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done == 2:
            raise StoppedError

    whole = ends(tmp_path / "whole", 3)
    with pytest.raises(StoppedError):
        train(made, lesson, epochs=3, beside=tmp_path / "part", device=torch.device("cpu"), tick=stop)
    assert (tmp_path / "part").is_file()
    resumed = ends(tmp_path / "part", 3)
    assert all(value.equal(resumed[name]) for name, value in whole.items())
    first = made().state_dict()["head.weight"]
    assert not first.equal(whole["head.weight"])


def test_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Joined(Labelled(labels()), Labelled(labels(Male=[1, 1, 0, 0])))
    first = find_classifier(source, epochs=1, device=torch.device("cpu"))
    monkeypatch.setattr(attgan_classifier, "train", lambda *args, **rest: pytest.fail("trained again"))
    again = find_classifier(source, epochs=1, device=torch.device("cpu"))
    assert (first.key, first.checksum) == (again.key, again.checksum)
    assert not again.network.training
    face = to_network(source.images(torch.tensor([5])))
    assert first.network(face).equal(again.network(face))


def test_joined_parts_are_one_data_set() -> None:
    one, other = Labelled(labels(2, Male=[1, 0])), Labelled(labels(3, Young=[1, 1, 0]))
    both = Joined(one, other)
    assert len(both) == 5
    index = torch.tensor([4, 0, 2])
    assert both.images(index)[0].equal(other.images(torch.tensor([2]))[0])
    assert both.images(index)[1].equal(one.images(torch.tensor([0]))[0])
    assert both.labels[2].equal(other.labels[0])
    with pytest.raises(ValueError, match="agree in name"):
        Joined(one, Labelled(labels(), name="other"))


@pytest.mark.parametrize("name", PUBLISHED)
def test_defaults_are_the_published_settings(name: str) -> None:
    protocol = published_of(name, compose_config("evaluate", [f"evaluation={name}"]))
    wanted = {"attgan_accuracy": 19_962, "attgan_reconstruction": 19_962, "zsc_fid": 5_000}
    assert (protocol.name, protocol.faces) == (name, wanted[name])
    if isinstance(protocol, AttGANAccuracy):
        assert (protocol.intensity, protocol.epochs) == (attgan_accuracy.INTENSITY, attgan_accuracy.EPOCHS)


def test_the_command_writes_a_result_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tiny_run(tmp_path / "run", "genegan_quickstart", "data=twinfaces", "data.image_size=16", "data.size=64")
    words = ["evaluate", f"run={run.root}", "protocol=attgan_reconstruction", "faces=6", "threads=1"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "Not as published: 16 pixels instead of 128." in said
    assert "faces of 'twinfaces' instead of CelebA's." in said
    result = json.loads((run.evaluation / "attgan_reconstruction.json").read_text())
    assert (result["protocol"], result["version"], result["settings"]["faces"]) == ("attgan_reconstruction", 1, 6)
    assert {figure["measure"] for figure in result["figures"]} == {"psnr", "ssim"}
    assert main(["leaderboard", str(run.root), "protocol=attgan_reconstruction"]) == 2
    assert "stand beside no others" in capsys.readouterr().err
    assert main(["leaderboard", str(run.root), f"out={tmp_path / 'table'}"]) == 0
    assert "No run has a result." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["protocol=zsc_fid"], "needs the weights of torchvision's Inception-v3"),
        (["protocol=attgan_accuracy"], "multiple of 32 pixels, not 16"),
        (["protocol=attgan_reconstruction", "faces=0"], "faces=0: at least 1"),
        (["protocol=attgan_reconstruction", "faces=many"], "faces=many: a number"),
        (["protocol=attgan_reconstruction", "weights=x"], "weights"),
    ],
)
def test_bad_input_is_one_line(words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tiny_run(tmp_path / "run", "genegan_quickstart", "data=twinfaces", "data.image_size=16", "data.size=64")
    assert main(["evaluate", f"run={run.root}", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_optimised_edits_are_few_unless_more_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, asked = tiny_run(tmp_path / "run", "dfi_quickstart"), []

    def stop(name: str, wish: dict[str, int]) -> None:
        asked.append(wish["faces"])
        raise UserError("enough")

    monkeypatch.setattr(evaluate_published, "published_of", stop)
    for more in ([], ["faces=80"]):
        with pytest.raises(UserError, match="enough"):
            evaluate_published.evaluate_published("zsc_fid", [f"run={run.root}", *more], lambda device: "cpu")
    assert asked == [OPTIMISED_FACES, 80]
