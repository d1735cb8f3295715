"""What `facegan train` hands the engine: pictures and validation."""

from facegan.config import Config
from facegan.training.settings import Hooks


def make_hooks(config: Config) -> Hooks:
    """Hooks."""
    return Hooks()
