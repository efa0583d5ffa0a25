"""Exports for tests, written part by part."""

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Old</title><language>en-US</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_blog_url>https://old.example</wp:base_blog_url>
"""


def item(
    number=1, *, kind="post", status="publish", title="Title", slug="title", body="Text", extra="", **fields
):
    told = {
        "link": f"https://old.example/2010/05/{slug}/",
        "dc:creator": "ada",
        "wp:post_id": number,
        "wp:post_date": "2010-05-04 08:00:00",
        "wp:post_date_gmt": "2010-05-04 12:00:00",
        "wp:post_name": slug,
        "wp:status": status,
        "wp:post_type": kind,
        **{name.replace("__", ":"): value for name, value in fields.items()},
    }
    rest = "".join(f"<{name}>{value}</{name}>" for name, value in told.items() if value is not None)
    return (
        f"<item><title><![CDATA[{title}]]></title>{rest}"
        f"<content:encoded><![CDATA[{body}]]></content:encoded>{extra}</item>\n"
    )


def upload(number=9, *, url="https://old.example/wp-content/uploads/2010/05/bridge.jpg", parent=0, extra=""):
    fields = {"wp__attachment_url": url, "wp__post_parent": parent}
    return item(number, kind="attachment", status="inherit", slug=f"file-{number}", extra=extra, **fields)


def meta(key, value):
    return (
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>"
    )


def filed(domain, nicename, name):
    return f'<category domain="{domain}" nicename="{nicename}"><![CDATA[{name}]]></category>'


def category(slug, name, parent=""):
    return (
        f"<wp:category><wp:term_id>7</wp:term_id><wp:category_nicename>{slug}</wp:category_nicename>"
        f"<wp:category_parent>{parent}</wp:category_parent><wp:cat_name>{name}</wp:cat_name></wp:category>"
    )


def odd(report):
    """All that the report has to say, in one line."""
    return " ".join(problem.message for problem in report.problems)
