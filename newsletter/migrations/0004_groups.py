from django.db import migrations

from informed_comment.groups import every, granted

SUBSCRIBERS = [
    *every("subscriber", deeds=("view", "change", "delete")),
    *every("consentevent", deeds=("view",)),
    *every("suppression", deeds=("view", "delete")),
    "export_subscriber",
]


class Migration(migrations.Migration):
    """What the groups may do with these rows: subscribers are the administrators' affair alone."""

    dependencies = [
        ("newsletter", "0003_find_who_left_lately"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        granted("newsletter", Administrator=SUBSCRIBERS),
    ]
