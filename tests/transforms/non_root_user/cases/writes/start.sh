#!/bin/sh
set -e
mkdir -p cache
exec "$@"
