"""Hallmarks of 16-pixel networks that see a few faces."""

from pathlib import Path

from facegan.hallmarks.plan import compose_hallmark
from tests.tiny import SMALL

# Settings of conf/hallmark/*.yaml that make a check small, where a hallmark has them.
FEW = {"faces": 8, "codes": 600, "steps": 150}


def tiny_words(name: str, run: Path | None, *, images: int = 96) -> list[str]:
    """Overrides of conf/hallmark.yaml for a training of a few steps and a check of a few faces."""
    node = compose_hallmark(name)["hallmark"]
    model = next(word.partition("=")[2] for word in node["train"] if word.startswith("model="))
    small = [word for word in SMALL[model] if not word.startswith(("model=", "attributes="))]
    train = ["data.image_size=16", "data.size=64", "trainer.batch_size=4", f"trainer.images={images}", *small]
    check = [f"++hallmark.check.{key}={value}" for key, value in FEW.items() if key in known(node["check"])]
    return [*check, f"train=[{','.join(repr(word) for word in train)}]", *([f"run={run}"] if run else [])]


def known(check: dict[str, object]) -> set[str]:
    """The settings that a hallmark takes."""
    import inspect

    from hydra.utils import get_class

    return set(inspect.signature(get_class(str(check["_target_"]))).parameters)
