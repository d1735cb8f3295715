"""Run folders of tiny untrained models, and photos to hand to them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from facegan.assemble import make_model
from facegan.config import write_yaml
from facegan.training.checkpoint import write_checkpoint
from facegan.training.run_folder import RunFolder
from tests.tiny import tiny_config

SIZE = 16


def tiny_run(
    folder: Path, model: str = "genegan_quickstart", *overrides: str, crop: dict[str, Any] | None = None
) -> RunFolder:
    """A run folder as training leaves it behind, with random weights (the same at every call)."""
    config = tiny_config(model, f"run={folder}", *overrides)
    torch.manual_seed(3)
    network = make_model(config, image_size=SIZE, attributes=tuple(config["attributes"]))
    if hasattr(network, "bank"):
        network.bank.normal_()
    run = RunFolder(folder)
    run.begin({"image_size": SIZE, "attributes": config["attributes"], "data": "tiny", "crop": crop or {}})
    write_yaml(run.config, config)
    tensors = {f"model.{name}": value for name, value in network.state_dict().items()}
    write_checkpoint(run.last, tensors, {"clocks": {}, "notes": {}})
    return run


def change_facts(run: RunFolder, **facts: Any) -> None:
    """Writes other facts into a run folder, as if another version had."""
    run.facts_file.write_text(json.dumps({**json.loads(run.facts_file.read_text()), **facts}))


def picture(seed: int = 0, *, width: int = 48, height: int = 64) -> Image.Image:
    """A smooth random picture."""
    noise = np.random.default_rng(seed).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)


def photo(path: Path, seed: int = 0, **size: int) -> Path:
    """A picture in a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(seed, **size).save(path)
    return path
