"""The site's settings, with an empty view beside it to compare with."""

from informed_comment.settings import *  # noqa: F403

ROOT_URLCONF = "bench.beacon_urls"
