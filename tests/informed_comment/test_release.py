"""What names a release: the same on every machine that has the same files."""

import os

from informed_comment import caching


def test_machines_with_the_same_files_name_the_same_release_whenever_they_were_copied(settings, tmp_path):
    def release(name, text, age):
        for folder in ("templates", "posts"):
            (tmp_path / name / folder).mkdir(parents=True)
        for path in (tmp_path / name / "templates" / "a.html", tmp_path / name / "posts" / "views.py"):
            path.write_text(text)
            os.utime(path, (age, age))
        settings.BASE_DIR = tmp_path / name
        settings.RELEASE = ""
        caching.release.cache_clear()
        return caching.release()

    try:
        assert release("one", "same", 1) == release("two", "same", 2)
        assert release("three", "other", 1) != release("one more", "same", 1)
    finally:
        caching.release.cache_clear()
