"""Pages and the health check."""

from flask import Blueprint, current_app, render_template

from parcels.tracking import last_seen

pages = Blueprint("pages", __name__)


@pages.get("/health")
def health() -> dict[str, str]:
    """Answer without a database."""
    return {"depot": current_app.config["DEPOT"], "driver": current_app.config["DRIVER"]}


@pages.get("/parcels/<number>")
def parcel(number: str) -> str:
    """Show where a parcel was seen last."""
    return render_template("parcel.html", number=number, place=last_seen(number))
