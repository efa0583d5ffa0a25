import django.db.models.deletion
from django.db import migrations, models

from informed_comment import stepwise


class Migration(stepwise.Stepwise):

    dependencies = [
        ('posts', '0039_statistics_room'),
    ]

    operations = [
        migrations.AlterField(
            model_name='referral',
            name='host',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='referrals', to='posts.referringhost'),
        ),
        stepwise.Index(
            model_name='referral',
            index=models.Index(fields=['host', 'day'], include=('post', 'reads'), name='referrals_of_a_host'),
        ),
    ]
