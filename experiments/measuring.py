"""Measures runs one after the other, with a bar."""

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch

from facegan.evaluation.progress import Steps

Job = TypeVar("Job")
Found = TypeVar("Found")


def measure_all(jobs: Sequence[Job], measure: Callable[[Job], Found], *, threads: int) -> dict[Job, Found]:
    """What `measure` finds of each, by as many threads as runs were trained side by side."""
    torch.set_num_threads(min(threads, os.cpu_count() or 1))
    found = {}
    with Steps("measuring") as steps:
        for number, job in enumerate(jobs, 1):
            found[job] = measure(job)
            steps(number, len(jobs))
    return found
