"""The board over HTTP."""

from django.test import TestCase

from notices.models import Notice


class BoardTests(TestCase):
    """What a visitor sees."""

    def test_a_notice_is_counted(self) -> None:
        """Health knows how many notices there are."""
        Notice.objects.create(title="Lost: one umbrella")
        self.assertEqual(self.client.get("/health").json(), {"status": "ok", "notices": 1})
