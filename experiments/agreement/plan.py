"""Which runs there are: the leaderboard's once more, on photographs."""

from collections.abc import Mapping
from dataclasses import replace

from experiments.leaderboard.plan import SCALES as DRAWN
from experiments.leaderboard.plan import Scale

SCALES: Mapping[str, Scale] = {
    name: replace(scale, photographs=True, seeds=scale.others) for name, scale in DRAWN.items()
}
