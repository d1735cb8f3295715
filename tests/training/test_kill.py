"""SIGKILL at any moment, then the same command again: the same weights, to the bit, as if nothing had happened."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from facegan.training.checkpoint import read_checkpoint
from facegan.training.run_folder import read_lines

COMMAND = [
    sys.executable, "-m", "facegan", "train", "model=genegan_quickstart", "data.image_size=16", "data.size=64",
    "++model.encoder.width=8", "++model.decoder.width=8", "++model.discriminator.width=8", "trainer.batch_size=8",
    "trainer.ema_decay=0.9", "trainer.images=12800", "trainer.log_every=500", "trainer.picture_every=0",
    "trainer.validate_every=0", "trainer.checkpoint_seconds=0.3", "trainer.threads=1", "logger=disabled",
    "trainer.accelerator=cpu",
]  # fmt: skip


def start(folder: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "FACEGAN_CACHE": str(folder.parent / "cache"), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [*COMMAND, f"run={folder}"], env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )


def images_done(folder: Path) -> int:
    try:
        return int(read_checkpoint(folder / "last.safetensors")[1]["clocks"]["images"])
    except ValueError:
        return 0


@pytest.mark.timeout(600)
def test_killed_at_random_moments_and_resumed_gives_the_same_weights(tmp_path: Path) -> None:
    assert start(tmp_path / "whole").wait() == 0
    moments, kills = random.Random(7), 0
    for _ in range(3):
        process = start(tmp_path / "killed")
        before = images_done(tmp_path / "killed")
        while process.poll() is None and images_done(tmp_path / "killed") == before:
            time.sleep(0.02)
        time.sleep(moments.uniform(0.0, 0.6))
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
    assert kills >= 2, "the run is too short for this machine: it ended before it could be killed"
    assert start(tmp_path / "killed").wait() == 0

    whole, _ = read_checkpoint(tmp_path / "whole" / "last.safetensors")
    killed, _ = read_checkpoint(tmp_path / "killed" / "last.safetensors")
    assert whole.keys() == killed.keys()
    assert all(torch.equal(value, killed[name]) for name, value in whole.items())
    assert list(read_lines(tmp_path / "whole" / "metrics.jsonl")) == list(
        read_lines(tmp_path / "killed" / "metrics.jsonl")
    )
