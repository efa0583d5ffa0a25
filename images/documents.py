"""Which files that are no pictures may come into the library: kinds that no browser takes for a page or a program."""

from pathlib import PurePath

from django.core.exceptions import ValidationError

KINDS = frozenset(
    str.split(
        ".pdf .mp3 .m4a .ogg .oga .wav .flac .mp4 .m4v .mov .webm .ogv .avi .mpg .doc .docx .odt .rtf .txt .csv .xls"
        " .xlsx .ods .ppt .pptx .pps .ppsx .odp .epub .zip .gz"
    )
)
HEAD = 1024  # bytes within which a PDF says that it is one
NOT_KEPT = (
    "“%(name)s” is of a kind that the library does not keep. Save it as PDF, as a recording or film (MP3, MP4), or pack "
    "it as ZIP."
)
NO_PDF = "“%(name)s” is called a PDF and is none. Open it, save it as PDF and upload that."


def check(file):
    """Raises ValidationError for a file that is not kept."""
    name = PurePath(file.name or "").name
    kind = PurePath(name).suffix.lower()
    if kind not in KINDS:
        raise ValidationError(NOT_KEPT, code="document", params={"name": name[:100]})
    if kind == ".pdf":
        file.seek(0)
        head = file.read(HEAD)
        file.seek(0)
        if b"%PDF-" not in head:
            raise ValidationError(NO_PDF, code="document", params={"name": name[:100]})
