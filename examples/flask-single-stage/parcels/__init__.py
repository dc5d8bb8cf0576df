"""Parcels: where a parcel is, for the people who wait for it."""

import os
from pathlib import Path

import MySQLdb
from flask import Flask

from parcels.views import pages


def create_app() -> Flask:
    """Build the application; its instance folder has to be writable."""
    app = Flask(__name__)
    app.config["DEPOT"] = os.environ.get("PARCELS_DEPOT", "south")
    app.config["DRIVER"] = MySQLdb.get_client_info()
    Path(app.instance_path).mkdir(exist_ok=True)
    app.register_blueprint(pages)
    return app
