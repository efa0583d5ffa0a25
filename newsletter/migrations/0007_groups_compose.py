from django.db import migrations

from informed_comment.groups import every, granted

EDITOR = [*every("mailing", deeds=("view", "add", "change")), *every("digestplan", deeds=("view",))]
ADMINISTRATOR = [
    *every("mailing", "proofaddress"),
    *every("digestplan", deeds=("view", "change")),
    "send_mailing",
]


class Migration(migrations.Migration):
    """Editors compose, look and test; only administrators send."""

    dependencies = [
        ("newsletter", "0006_composing"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        granted("newsletter", Editor=EDITOR, Administrator=ADMINISTRATOR),
    ]
