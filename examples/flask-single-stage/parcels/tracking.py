"""Looks parcels up, in MySQL where a server is configured."""

import os

import MySQLdb


def last_seen(number: str) -> str:
    """Return the place where parcel `number` was seen last, or "unknown"."""
    host = os.environ.get("PARCELS_MYSQL_HOST")
    if host is None:
        return "unknown"
    connection = MySQLdb.connect(host=host, database="parcels")
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT place FROM sightings WHERE parcel = %s ORDER BY seen DESC", (number,))
        row = cursor.fetchone()
        return str(row[0]) if row else "unknown"
    finally:
        connection.close()
