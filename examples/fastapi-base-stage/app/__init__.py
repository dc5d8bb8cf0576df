"""Harbour: berth bookings over HTTP."""
