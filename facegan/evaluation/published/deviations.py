"""What can differ from every publication on CelebA: how many faces, of which data set, cut how."""

from facegan.data.celeba import celeba_framing
from facegan.data.source import FaceSource

CELEBA = "celeba"
TEST_FACES = 19_962  # CelebA's published test partition


def other_size(size: int, published: int) -> list[str]:
    """Where the faces have another size."""
    return [] if size == published else [f"{size} pixels instead of {published}."]


def other_faces(source: FaceSource, faces: int, published: int = TEST_FACES) -> list[str]:
    """Where there are fewer faces, or faces of another data set."""
    found = [] if source.name == CELEBA else [f"faces of {source.name!r} instead of CelebA's."]
    return found + ([] if faces == published else [f"{faces:,} faces instead of {published:,}."])


def other_crop(source: FaceSource, crop: str, resample: str) -> list[str]:
    """Where CelebA's faces are cut otherwise."""
    wanted = celeba_framing(crop, image_size=source.image_size, resample=resample).to_dict()
    same = all(source.crop().get(key) == wanted[key] for key in ("crop", "resample"))
    return [] if same else [f"faces are not cut by data.crop={crop} data.resample={resample}."]
