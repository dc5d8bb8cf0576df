"""The ASGI application."""

from fastapi import FastAPI, HTTPException
from sqlalchemy import text

from kilnwatch import __version__
from kilnwatch.scoring import classify
from kilnwatch.storage import engine

app = FastAPI(title="Kilnwatch", version=__version__)


@app.get("/health")
def health() -> dict[str, str]:
    """Answer when the database does."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return {"status": "ok", "version": __version__}


@app.post("/firings/kind")
def kind(curve: list[float]) -> dict[str, str]:
    """Name the kind of firing that a measured curve resembles."""
    try:
        return {"kind": classify(curve)}
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
