from django.db import migrations

from informed_comment.groups import every, granted

ARRANGING = every("frontslot", "frontsection")
LEAD = """
INSERT INTO posts_frontslot (place, post_id, starts_at)
SELECT 'lead', id, date_trunc('minute', published_at) FROM posts_post
WHERE is_featured AND status = 'published' AND published_at <= now()
ORDER BY published_at DESC, id DESC LIMIT 1
"""
FEATURED = """
UPDATE posts_post SET is_featured = true
FROM posts_frontslot WHERE post_id = posts_post.id AND place = 'lead' AND (ends_at IS NULL OR ends_at > now())
"""


class Migration(migrations.Migration):
    """Editors arrange the front page; the post that led it as the newest featured one leads it now by its slot."""

    dependencies = [("posts", "0011_front_page")]

    operations = [
        granted("posts", Editor=ARRANGING, Administrator=ARRANGING),
        migrations.RunSQL(LEAD, FEATURED),
        migrations.RunSQL(
            "UPDATE posts_revision SET state = state - 'is_featured' WHERE state ? 'is_featured'",
            migrations.RunSQL.noop,
        ),
    ]
