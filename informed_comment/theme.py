"""The one script that stands in the pages themselves, before anything is drawn.

It sets the reader's choice of light or dark, and says in `data-shares` whether the device has a share sheet, so that
the button for it moves nothing. A file of its own would be asked for first and the page would flash. The content policy names the script by its hash,
so it needs no nonce and the same bytes can be kept for every reader.
"""

import base64
import hashlib
from pathlib import Path

SCRIPT = (Path(__file__).parent.parent / "static/js/theme.js").read_text().strip()
SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()}'"
