from django.db import migrations

from informed_comment.groups import every, granted

AROUND = every("page", "menulink", "promo")


class Migration(migrations.Migration):
    """What the groups may do with these rows."""

    dependencies = [
        ("pages", "0002_raise_edition"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        granted("pages", Editor=AROUND, Administrator=AROUND),
    ]
