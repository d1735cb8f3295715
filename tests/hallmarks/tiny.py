"""Hallmarks of 16-pixel networks that see a few faces."""

import inspect
from pathlib import Path

from hydra.utils import get_class

from facegan.config import conf_dir, read_yaml
from facegan.hallmarks.plan import compose_hallmark
from tests.tiny import SMALL

# Settings of conf/hallmark/*.yaml that make a check small, where a hallmark has them.
FEW = {"faces": 8, "clips": 4, "codes": 600, "steps": 150, "gallery": 4, "styles": 4}


def tiny_words(name: str, run: Path | None, *, images: int = 96) -> list[str]:
    """Overrides of conf/hallmark.yaml for a training of a few steps and a check of a few faces."""
    node = compose_hallmark(name)["hallmark"]
    model = model_of(node["train"])
    gone = tuple(f"++{word[1:]}." for word in node["train"] if word.startswith("~"))
    other = tuple(f"++model.{word.partition('=')[0]}." for word in node["train"] if "." not in word.partition("=")[0])
    small = [word for word in SMALL[model] if not word.startswith(("model=", "attributes=", *gone, *other))]
    # Widths layer by layer are those of a network for larger pictures.
    free = [f"{key}=null" for key in (word.partition("=")[0] for word in node["train"]) if key.endswith(".widths")]
    train = ["data.image_size=16", "data.size=64", "trainer.batch_size=4", f"trainer.images={images}", *small, *free]
    check = [f"++hallmark.check.{key}={value}" for key, value in FEW.items() if key in known(node["check"])]
    return [*check, f"train=[{','.join(repr(word) for word in train)}]", *([f"run={run}"] if run else [])]


def model_of(words: list[str]) -> str:
    """The option of conf/model that overrides choose, by themselves or by their experiment."""
    chosen = {key: value for key, _, value in (word.partition("=") for word in words)}
    if "experiment" not in chosen:
        return chosen["model"]
    defaults = read_yaml(conf_dir() / "experiment" / f"{chosen['experiment']}.yaml")["defaults"]
    return str(next(entry["override /model"] for entry in defaults if "override /model" in entry))


def known(check: dict[str, object]) -> set[str]:
    """The settings that a hallmark takes."""
    return set(inspect.signature(get_class(str(check["_target_"]))).parameters)
