"""The part of the build that pyproject.toml cannot say: the extension module."""

from setuptools import Extension, setup

setup(ext_modules=[Extension("loglens._count", ["src/loglens/_count.c"])])
