from django.conf import settings
from django.db import migrations

from informed_comment.editions import raised_by
from informed_comment.groups import every, granted

UNLOGGED = """
ALTER TABLE posts_readerskey SET UNLOGGED;
ALTER TABLE posts_readminute SET UNLOGGED;
"""
LOGGED = """
ALTER TABLE posts_readerskey SET LOGGED;
ALTER TABLE posts_readminute SET LOGGED;
"""
DAYS = """
INSERT INTO posts_readday (post_id, day, reads, search, social, newsletter, sites, ours)
SELECT post_id, (hour AT TIME ZONE %s)::date, sum(reads), 0, 0, 0, 0, 0 FROM posts_readhour WHERE reads > 0 GROUP BY 1, 2
"""
TO_ADD = "INSERT INTO posts_daytoadd (day) SELECT DISTINCT day FROM posts_readday"
SHOWING = [
    *every("popularsidebar", deeds=("change", "view")),
    *every("keptoffpopular", deeds=("add", "delete", "view")),
    "view_sitetally",
]


def made_of_hours(apps, schema_editor):
    """The days of the hours there are. Where readers came from was not asked, so they all count as direct."""
    schema_editor.execute(DAYS, [settings.TIME_ZONE])
    schema_editor.execute(TO_ADD)


class Migration(migrations.Migration):
    """What is there already becomes days; the sidebar's list as it was; who may see and arrange it."""

    dependencies = [("posts", "0033_reads_by_day_and_source")]

    operations = [
        migrations.RunSQL(UNLOGGED, LOGGED),
        migrations.RunPython(made_of_hours, migrations.RunPython.noop),
        migrations.RunSQL("INSERT INTO posts_popularsidebar DEFAULT VALUES", migrations.RunSQL.noop),
        raised_by("posts_popularsidebar"),
        raised_by("posts_keptoffpopular"),
        granted("posts", Editor=SHOWING, Administrator=SHOWING),
    ]
