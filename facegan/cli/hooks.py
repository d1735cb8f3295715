"""What `facegan train` hands the engine: pictures and validation."""

from functools import cache

from facegan.assemble import make_source
from facegan.config import Config
from facegan.data.source import FaceSource
from facegan.evaluation.edit_table import EditTable
from facegan.evaluation.samples import Samples
from facegan.evaluation.validation import Validation
from facegan.training.settings import Hooks


def make_hooks(config: Config) -> Hooks:
    """Edits of fixed validation faces, and the score that chooses the best checkpoint; made when first asked for."""

    @cache
    def split(name: str) -> FaceSource:
        return make_source(config, name)

    # Only a dashboard shows tables: without one, nothing is drawn for it.
    table = EditTable(split) if config["logger"]["mode"] != "disabled" else None
    return Hooks(picture=Samples(split), table=table, validate=Validation(split))
