from django.db import migrations

from informed_comment.groups import every, granted

WRITING = [
    *every("post", deeds=("add", "change", "view")),
    *every("byline"),
    *every("tag", deeds=("add", "view")),
    *every("category", deeds=("view",)),
]
EDITING = [
    *every("post", "byline", "category", "filing", "tag", "taggedpost"),
    *every("revision", deeds=("view",)),
    "publish_post",
    "change_any_post",
]


class Migration(migrations.Migration):
    """What the groups may do with these rows."""

    dependencies = [
        ("posts", "0002_raise_edition"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        granted("posts", Author=WRITING, Editor=EDITING, Administrator=EDITING),
    ]
