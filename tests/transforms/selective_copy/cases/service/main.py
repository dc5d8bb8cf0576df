"""Serves the shop; docs tell how."""

from shop import serve

serve("settings.toml", terms="TERMS.md")
