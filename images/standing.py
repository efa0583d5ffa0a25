"""Pictures standing in texts. A text names a picture by its number; the address beside it is a copy.

Whoever shows a stored text asks the library for the number. Whoever hands the text on as it is (the editor, an export)
has the copies brought up to date here, so that a file replaced in the library is replaced in every text, and no text,
old version or open form need be rewritten.
"""

import html
import re

from images.models import Image

PICTURE = re.compile(r'<img(?:\s+[\w-]+(?:="[^"]*")?)*\s*/?>')
NUMBER = re.compile(r'\sdata-image="(\d{1,12})"')


def with_todays_sources(text):
    """The HTML with the address and the measures of today's file on every picture that is in the library."""
    numbers = {int(number) for number in NUMBER.findall(text or "")}
    if not numbers:
        return text
    known = Image.objects.with_file().only("file", "width", "height").in_bulk(numbers)

    def today(found):
        number = NUMBER.search(found[0])
        image = known.get(int(number[1])) if number else None
        return found[0] if image is None else with_source(found[0], image)

    return PICTURE.sub(today, text)


def with_source(tag, image):
    source = html.escape(image.file.url)
    if f' src="{source}"' in tag:
        return tag
    for name, value in (("src", source), ("width", image.width), ("height", image.height)):
        tag = re.sub(rf'(\s{name}=")[^"]*"', rf'\g<1>{value}"', tag)
    return tag
