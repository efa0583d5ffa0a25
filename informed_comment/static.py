"""Static files as production serves them: named by their content, compressed, style sheets without comments and spaces."""

import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

TOKENS = re.compile(r"""("[^"]*"|'[^']*')|/\*.*?\*/|\s*([{};,])\s*|(:)\s+|\s+""", re.DOTALL)


class LeanStaticFilesStorage(CompressedManifestStaticFilesStorage):
    def _save(self, name, content):
        if name.endswith(".css"):
            content = ContentFile(lean(b"".join(content.chunks()).decode()).encode())
        return super()._save(name, content)


def lean(css):
    """The same rules in fewer bytes. Strings stay as they are, and so does every space that parts two words."""

    def shortest(found):
        string, sign, colon = found.groups()
        return string or sign or colon or ("" if found[0].startswith("/*") else " ")

    return TOKENS.sub(shortest, css).replace(";}", "}").strip()
