"""Folders of photographs as people have them: CelebA as it is published, and a folder with a table."""

from pathlib import Path

from PIL import Image

from tests.runs import photo

NAMES = ("Smiling", "Young")


def celeba_folder(root: Path, count: int = 12, *, names: tuple[str, str] = NAMES) -> Path:
    """Images of CelebA's shape, labels, persons (two images each) and the partition."""
    files = [f"{number:06d}.jpg" for number in range(1, count + 1)]
    for number, name in enumerate(files):
        photo(root / "img_align_celeba" / name, number, width=89, height=109)
    labels = [f"{name} {1 if n % 2 else -1} {1 if n % 3 else -1}" for n, name in enumerate(files)]
    (root / "list_attr_celeba.txt").write_text("\n".join([str(count), " ".join(names), *labels]))
    (root / "identity_CelebA.txt").write_text("\n".join(f"{name} {n // 2}" for n, name in enumerate(files)))
    parts = [0 if n < count // 2 else 1 + (n >= 3 * count // 4) for n in range(count)]
    partition = "\n".join(f"{name} {part}" for name, part in zip(files, parts, strict=True))
    (root / "list_eval_partition.txt").write_text(partition)
    return root


def labelled_folder(root: Path, count: int = 6) -> tuple[Path, Path]:
    """A folder of images, one of them damaged, and a CSV of their labels."""
    rows = [f"{number}.png,{number % 2},train" for number in range(count)]
    for number in range(count):
        photo(root / "images" / f"{number}.png", number, width=40, height=50)
    damaged = root / "images" / "0.png"
    damaged.write_bytes(damaged.read_bytes()[:60])
    (root / "labels.csv").write_text("\n".join(["file,Smiling,split", *rows]))
    return root / "images", root / "labels.csv"


def div2k_folder(root: Path, *, scale: int = 4, track: str = "bicubic", count: int = 20) -> Path:
    """Pairs as DIV2K and NTIRE lay them out, in small: the small pictures are box means of the large ones."""
    for number in range(1, count + 1):
        kind = "valid" if number > count - 2 else "train"
        large = root / f"DIV2K_{kind}_HR" / f"{number:04d}.png"
        photo(large, number, width=41, height=32)
        low = root / f"DIV2K_{kind}_LR_{track}" / f"X{scale}" / f"{number:04d}x{scale}.png"
        low.parent.mkdir(parents=True, exist_ok=True)
        whole = Image.open(large).crop((0, 0, 40, 32))
        whole.resize((40 // scale, 32 // scale), Image.Resampling.BOX).save(low)
    return root


def unpaired_folders(root: Path, *, highs: int = 24, lows: int = 30, side: int = 12) -> tuple[Path, Path]:
    """Large pictures, and small ones of other things; one of the small is damaged, and the last is too small."""
    for number in range(highs):
        photo(root / "high" / f"{number}.png", number, width=40, height=50)
    for number in range(lows):
        photo(root / "low" / f"cam{number % 2}" / f"{number}.png", 1000 + number, width=side, height=side + number % 3)
    damaged = root / "low" / "cam0" / "0.png"
    damaged.write_bytes(damaged.read_bytes()[:60])
    photo(root / "low" / "tiny.png", 999, width=9, height=7)
    return root / "high", root / "low"
