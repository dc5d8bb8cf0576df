"""Stages that are named by their number, which changes when a stage is put in before them."""

from dockopt.model import Dockerfile


def numbered_from(dockerfile: Dockerfile, index: int) -> str:
    """Why no stage can be put in before stage number `index`; empty where one can.

    https://docs.docker.com/reference/dockerfile/#copy---from
    """
    for stage in dockerfile.stages:
        for source, instruction, name in dockerfile.references(stage):
            if name.isdigit() and source.index >= index:
                return f"line {instruction.line} names a stage by its number, which would change"
    return ""
