from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the column `contested`: when two agents with the key of the host were last seen."""

    dependencies = [
        ('hosts', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='host',
            name='contested',
            field=models.DateTimeField(null=True),
        ),
    ]
