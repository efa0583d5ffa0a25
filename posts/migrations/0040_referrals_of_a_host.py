import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('posts', '0039_statistics_room'),
    ]

    operations = [
        migrations.AlterField(
            model_name='referral',
            name='host',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='referrals', to='posts.referringhost'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(fields=['host', 'day'], include=('post', 'reads'), name='referrals_of_a_host'),
        ),
    ]
