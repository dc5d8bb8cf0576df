"""The service: one page for each quay."""

from importlib.metadata import version

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tides.tables import QUAYS, next_turn


async def health(request: Request) -> JSONResponse:
    return JSONResponse({"version": version("tides"), "quays": len(QUAYS)})


async def quay(request: Request) -> JSONResponse:
    name = request.path_params["name"]
    if name not in QUAYS:
        return JSONResponse({"error": "no such quay"}, status_code=404)
    minute, height = next_turn(name, int(request.query_params.get("minute", "0")))
    return JSONResponse({"minute": minute, "height_cm": height})


app = Starlette(routes=[Route("/health", health), Route("/quays/{name}", quay)])
