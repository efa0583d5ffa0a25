import pytest

from tests.factories import make_user
from tests.wordpress.parts import HEAD
from wordpress.importer import import_files


@pytest.fixture
def take(tmp_path):
    """Takes the given parts of an export in, each time as the same file."""

    def taken(*parts, **options):
        path = tmp_path / "old.xml"
        path.write_text(HEAD + "".join(parts) + "</channel></rss>")
        return import_files([path], **options)

    return taken


@pytest.fixture
def chief(client, db):
    """An administrator, signed in."""
    user = make_user(group="Administrator", username="ada")
    client.force_login(user)
    return user
