"""`facegan list`: everything of conf/, with what its classes say of themselves."""

import json
from typing import Any

import pytest

from facegan.cli.list import KINDS
from facegan.cli.main import main
from facegan.config import conf_dir


def listed(kind: str, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    assert main(["list", kind, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    return {f"{row['group']}={row['name']}" if "group" in row else row["name"]: row for row in rows}


def test_models_are_listed_as_their_papers_have_them(capsys: pytest.CaptureFixture[str]) -> None:
    rows = listed("models", capsys)
    assert set(rows) == {path.stem for path in (conf_dir() / "model").glob("*.yaml")}
    genegan = rows["genegan"]
    assert genegan["paper"] == "GeneGAN (Zhou et al., BMVC 2017)"
    assert genegan["verbs"] == ["reconstruct", "encode", "edit", "transfer"]
    assert genegan["parts"] == {
        "splitter": 2_629_120, "joiner": 6_305_283, "critic_has": 6_832_641, "critic_lacks": 6_832_641,
    }  # fmt: skip
    assert genegan["parameters"] == sum(genegan["parts"].values())
    assert all(row["description"] and "\n" not in row["description"] for row in rows.values())


def test_parts_show_their_settings(capsys: pytest.CaptureFixture[str]) -> None:
    rows = listed("parts", capsys)
    assert {"encoder=dcgan", "decoder=unet", "discriminator=patch", "latent_discriminator=mlp"} <= set(rows)
    encoder = rows["encoder=genegan"]
    assert encoder["class"] == "facegan.networks.encoders.ConvEncoder"
    assert encoder["settings"]["width"] == 128  # the file's own
    assert encoder["settings"]["slope"] == 0.2  # the signature's
    assert "image_size" not in encoder["settings"]  # a fact
    assert not any(name.startswith(("loss", "optimizer", "data")) for name in rows)


def test_losses_data_and_experiments_are_all_there(capsys: pytest.CaptureFixture[str]) -> None:
    losses = listed("losses", capsys)
    assert set(losses) == {f"loss/{path.parent.name}={path.stem}" for path in (conf_dir() / "loss").rglob("*.yaml")}
    assert losses["loss/adversarial=wasserstein_gp"]["settings"]["sided"] == "two"
    assert set(listed("data", capsys)) == {"data=celeba", "data=folder", "data=twinfaces"}
    assert set(listed("experiments", capsys)) == {path.stem for path in (conf_dir() / "experiment").glob("*.yaml")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_is_for_people(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", kind]) == 0
    said = capsys.readouterr().out
    wanted = {"models": "genegan", "parts": "encoder=dcgan", "losses": "loss/adversarial=hinge", "data": "data=celeba"}
    assert wanted.get(kind, "") in said


def test_an_unknown_kind_is_answered_with_the_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["list", "nonsense"])
    assert "models" in capsys.readouterr().err
