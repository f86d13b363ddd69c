from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the column `model_version`: the protocol of the server that wrote the row. Existing rows get version 1."""

    dependencies = [
        ('history', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='keyframe',
            name='model_version',
            field=models.PositiveSmallIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='segment',
            name='model_version',
            field=models.PositiveSmallIntegerField(default=1),
            preserve_default=False,
        ),
    ]
