"""What is fuzzed: name → (module of bench/fuzzing/, the modules whose coverage guides it)."""

OF_HTML = ["informed_comment.html", "informed_comment.footnotes"]
TARGETS = {
    "clean": ("markup", OF_HTML),
    "strangers": ("markup", OF_HTML),
    "reading": ("markup", [*OF_HTML, "posts.bodies", "posts.embeds", "posts.syndication"]),
    "mail": ("markup", ["newsletter.mail_text", "newsletter.mail_bodies", "posts.syndication"]),
    "differences": ("markup", ["posts.differences", "posts.merging"]),
    "bodies": ("moving", ["wordpress.content", "wordpress.bodies"]),
    "wxr": ("moving", ["wordpress.wxr", "wordpress.reading"]),
    "ghost": ("moving", ["wordpress.reading"]),
    "substack": ("moving", ["wordpress.reading"]),
    "blogger": ("moving", ["wordpress.reading"]),
    "markdown": ("moving", ["wordpress.reading"]),
    "zips": ("moving", ["wordpress.reading", "wordpress.formats", "zipfile"]),
    "subscribers": ("letters", ["newsletter.importing", "newsletter.addresses", "csv"]),
    "addresses": ("letters", ["newsletter.addresses", "idna", "encodings.idna", "stringprep"]),
    "bounces": ("letters", ["newsletter.bounce_reports", "email"]),
    "webhooks": ("letters", ["newsletter.webhooks", "newsletter.views.webhooks", "anymail.webhooks"]),
    "head_lines": ("letters", ["informed_comment.envelopes", "newsletter.messages"]),
    "old_addresses": ("asked", ["informed_comment.old_forms", "informed_comment.patterns"]),
    "led_by_patterns": ("asked", ["informed_comment.patterns", "re"]),
    "search": ("asked", ["posts.searching"]),
    "beacons": ("asked", ["posts.reads", "informed_comment.origins"]),
}
