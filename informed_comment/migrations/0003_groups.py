from django.db import migrations

from informed_comment.groups import every, granted

EDITORIAL = [*every("publication", deeds=("view", "change")), *every("redirect")]


class Migration(migrations.Migration):
    """What the groups may do with these rows."""

    dependencies = [
        ("informed_comment", "0002_edition"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        granted("informed_comment", Editor=EDITORIAL, Administrator=EDITORIAL),
        granted("auth", Administrator=every("user", "group")),
    ]
