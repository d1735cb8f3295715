"""Hydra's config groups; they ship inside the wheel as facegan.conf."""
