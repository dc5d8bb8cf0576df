"""The table of notices."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Create the table."""

    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False, auto_created=True)),
                ("title", models.CharField(max_length=120)),
                ("picture", models.ImageField(blank=True, upload_to="notices")),
                ("pinned", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
