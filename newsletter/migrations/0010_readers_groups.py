from django.db import migrations

from informed_comment.groups import every, granted

HOLDS = [
    *every("heldsignup", deeds=("view", "change")),
    *every("signuphold", deeds=("view",)),
    *every("blockeddomain"),
    *every("dailyfigure", deeds=("view",)),
]


class Migration(migrations.Migration):
    """Holds, blocked domains and figures are the administrators' affair, like subscribers."""

    dependencies = [("newsletter", "0009_readers")]

    operations = [granted("newsletter", Administrator=HOLDS)]
