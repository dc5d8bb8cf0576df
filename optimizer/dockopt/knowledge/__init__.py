"""Packaged knowledge about the world outside a Dockerfile: what distributions contain and depend on."""
