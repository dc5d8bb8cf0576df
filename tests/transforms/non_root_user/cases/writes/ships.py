"""Counts ships: every visit writes a row, a log line and a file."""

import os
import sqlite3
from pathlib import Path

from flask import Flask

app = Flask(__name__)
UPLOADS = Path(os.environ["SHIPS_UPLOADS"])


@app.get("/")
def count() -> dict[str, object]:
    with sqlite3.connect("ships.db") as database:
        database.execute("CREATE TABLE IF NOT EXISTS ships (name TEXT)")
        database.execute("INSERT INTO ships VALUES ('Adler')")
        (number,) = database.execute("SELECT count(*) FROM ships").fetchone()
    (UPLOADS / f"{number}.txt").write_text("seen")
    with Path("logs/ships.log").open("a") as log:
        log.write(f"{number}\n")
    with Path("seed.csv").open("a") as seed:
        seed.write("Adler\n")
    return {"ships": number, "user": os.getuid(), "home": str(Path.home())}
