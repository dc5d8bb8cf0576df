#!/bin/sh
set -e
exec python -m http.server "$2"
