"""Tables."""

from django.db import models


class Notice(models.Model):
    """A notice on the board."""

    title = models.CharField(max_length=120)
    picture = models.ImageField(upload_to="notices", blank=True)
    pinned = models.DateTimeField(auto_now_add=True)
