"""`python -m bench big_pictures [MEGAPIXELS] [KIND…]`: the memory that a picture as large as may be uploaded takes, of each kind: the
most that the process held which asked (a web process at the upload, a worker while it makes the sizes), and the most of a process that
it started for it. 59 megapixels and all kinds unless told. Nothing may take more than MOST but what FLOORS names, with the reason.
"""

import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MOST = 400  # megabytes
FLOORS = {
    ("upload", "jpeg-progressive"): 460,  # libjpeg holds all coefficients until the last pass, two bytes each
    ("upload", "webp-lossless"): 540,  # libwebp unpacks into a copy of its own before it gives out rows
}
DEEDS = ("upload", "sizes")


def main(*arguments):
    megapixels = next((one for one in arguments if isinstance(one, int)), 59)
    kinds = [one for one in arguments if isinstance(one, str)] or list(KINDS)
    over = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in kinds:
            source = Path(folder, kind)
            run("drawn", kind, megapixels, source)
            print(f"{kind:<22} {source.stat().st_size / 1e6:>5.1f} MB", end="", flush=True)
            for deed in DEEDS:
                said, own, started, seconds = run(deed, source).split("\t")
                print(f"   {deed} {own:>5} + {started:>4} MB {seconds:>5} s {said}", end="", flush=True)
                if max(int(own), int(started)) > FLOORS.get((deed, kind), MOST):
                    over.append((deed, kind))
            print()
    for deed, kind in over:
        print(f"Too much: {deed} of {kind}")
    return int(bool(over))


def run(*arguments):
    """In a process of its own, whose memory nothing else has touched."""
    command = [sys.executable, "-m", "bench.big_pictures", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


# The pictures


def drawing(size, mode="RGB"):
    """Hills of colour with edges in them, which every encoder has work with."""
    from PIL import Image

    hills = Image.effect_noise((size[0] // 40, size[1] // 40), 90).resize(size, Image.Resampling.BICUBIC)
    parts = [hills, hills.point(lambda value: 255 - value), hills.point(lambda value: value // 32 * 32)]
    return Image.merge(mode, (parts * 2)[: len(mode)])


def flat(size, mode="RGB"):
    """As drawn with few colours; what keeps every pixel would be too large to upload else."""
    from PIL import Image

    noise = [Image.effect_noise((size[0] // 20, size[1] // 20), 90) for _ in mode]
    return Image.merge(mode, noise).resize(size, Image.Resampling.NEAREST)


def sideways():
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


KINDS = {  # → (what draws it, its mode, how it is saved)
    "jpeg": (drawing, "RGB", {"format": "JPEG", "quality": 85}),
    "jpeg-sideways": (drawing, "RGB", {"format": "JPEG", "quality": 85, "exif": sideways}),
    "jpeg-progressive": (drawing, "RGB", {"format": "JPEG", "quality": 85, "progressive": True}),
    "jpeg-cmyk": (drawing, "CMYK", {"format": "JPEG", "quality": 85}),
    "jpeg-grey": (drawing, "L", {"format": "JPEG", "quality": 85}),
    "png": (flat, "RGB", {"format": "PNG"}),
    "png-transparent": (flat, "RGBA", {"format": "PNG"}),
    "png-sideways": (flat, "RGB", {"format": "PNG", "exif": sideways}),
    "png-palette": (flat, "P", {"format": "PNG"}),
    "webp": (drawing, "RGB", {"format": "WEBP", "quality": 80, "method": 0}),
    "webp-transparent": (drawing, "RGBA", {"format": "WEBP", "quality": 80, "method": 0}),
    "webp-lossless": (flat, "RGB", {"format": "WEBP", "lossless": True, "quality": 0, "method": 0}),
    "avif": (drawing, "RGB", {"format": "AVIF", "quality": 60, "speed": 10}),
    "gif": (flat, "P", {"format": "GIF"}),
}


def drawn(kind, megapixels, path):
    draw, mode, options = KINDS[kind]
    wide = int((int(megapixels) * 1.5e6) ** 0.5) // 60 * 60
    size = wide, int(int(megapixels) * 1e6) // wide
    picture = draw(size, "RGB").quantize(64) if mode == "P" else draw(size, mode)
    options = {name: value() if callable(value) else value for name, value in options.items()}
    picture.save(path, **options)


# The deeds


def upload(path):
    from django.core.exceptions import ValidationError

    from images import uploads

    content = Path(path).read_bytes()
    try:
        checked = uploads.check(io.BytesIO(content), name=Path(path).name)
    except ValidationError as error:
        return error.messages[0]
    Path(f"{path}.kept{Path(checked.name).suffix}").write_bytes(checked.read())
    return f"→ {Path(checked.name).suffix} {checked.size / 1e6:.1f} MB"


def sizes(path):
    from django.conf import settings
    from PIL import Image as Picture

    from images import renditions
    from images.models import Image

    kept = next(Path(path).parent.glob(f"{Path(path).name}.kept*"), None)
    if kept is None:
        return "nothing was kept"
    settings.MEDIA_ROOT = str(kept.parent)
    with Picture.open(kept) as picture:
        image = Image(pk=1, file=kept.name)
        image.width, image.height = picture.size
    plan = renditions.planned(image)
    renditions.write(image, plan)
    return f"→ {len(plan)} files"


def measured(deed, path):
    os.environ |= {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", "DEBUG": "1"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "informed_comment.settings")
    import django

    django.setup()
    begun = time.perf_counter()
    said = {"upload": upload, "sizes": sizes}[deed](path)
    seconds = time.perf_counter() - begun
    most = [
        resource.getrusage(whose).ru_maxrss // 1024
        for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    print(said, *most, f"{seconds:.1f}", sep="\t")


if __name__ == "__main__":
    deed, *arguments = sys.argv[1:]
    drawn(*arguments) if deed == "drawn" else measured(deed, *arguments)
