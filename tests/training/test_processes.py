"""Two processes that share a batch train as one with the whole batch does: the engine averages the gradients."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from facegan.training.checkpoint import read_checkpoint

COMMON = [
    "train", "model=genegan_quickstart", "data.image_size=16", "data.size=64", "loss/adversarial=least_squares",
    *(f"++model.{part}.{key}" for part in ("encoder", "decoder", "discriminator") for key in ("width=4", "norm=none")),
    "optimizer=sgd", "trainer.images=64", "trainer.picture_every=0", "trainer.validate_every=0", "logger=disabled",
    "trainer.accelerator=cpu", "trainer.threads=1",
]  # fmt: skip


@pytest.mark.timeout(300)
def test_two_processes_with_half_the_batch_are_one_with_all_of_it(tmp_path: Path) -> None:
    environment = {**os.environ, "FACEGAN_CACHE": str(tmp_path / "cache"), "OMP_NUM_THREADS": "1"}
    one = [sys.executable, "-m", "facegan", *COMMON, "trainer.batch_size=8", f"run={tmp_path / 'one'}"]
    subprocess.run(one, env=environment, check=True, capture_output=True)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m", "facegan"]
    two = [*COMMON, "trainer.batch_size=4", "trainer.devices=2", "trainer.strategy=ddp", f"run={tmp_path / 'two'}"]
    done = subprocess.run([*launch, *two], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    whole, state = read_checkpoint(tmp_path / "one" / "last.safetensors")
    shared, shared_state = read_checkpoint(tmp_path / "two" / "last.safetensors")
    assert state["clocks"]["rounds"] == shared_state["clocks"]["rounds"] == 2
    for name, value in whole.items():
        if name.startswith("model.") and "bank" not in name:
            torch.testing.assert_close(shared[name], value, atol=1e-5, rtol=1e-4)
