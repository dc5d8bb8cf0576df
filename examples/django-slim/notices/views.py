"""Pages."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from notices.models import Notice


def board(request: HttpRequest) -> HttpResponse:
    """All notices, the newest first."""
    return render(request, "notices/board.html", {"notices": Notice.objects.order_by("-pinned")})


def health(_: HttpRequest) -> JsonResponse:
    """Answer when the table of notices is there."""
    return JsonResponse({"status": "ok", "notices": Notice.objects.count()})
