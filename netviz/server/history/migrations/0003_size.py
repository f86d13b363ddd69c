from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the column `size`: the bytes of a blob after decompression. Existing rows get 0, which means unknown."""

    dependencies = [
        ('history', '0002_model_version'),
    ]

    operations = [
        migrations.AddField(
            model_name='keyframe',
            name='size',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='segment',
            name='size',
            field=models.BigIntegerField(default=0),
        ),
    ]
