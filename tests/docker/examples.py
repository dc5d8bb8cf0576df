"""Reads `examples/*/example.toml`: what to build, how to probe it, what is inside or not."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@dataclass(frozen=True)
class Probe:
    """How to see that the image works: one HTTP request, or arguments for the entry point."""

    kind: str
    expect: str
    port: int = 0
    path: str = ""
    argv: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """A command inside the container that has to succeed and to print `expect`."""

    argv: tuple[str, ...]
    expect: str


@dataclass(frozen=True)
class Variant:
    """Another way to build the same Dockerfile, which has to survive the rewrite."""

    target: str | None
    build_args: Mapping[str, str]
    must_run: tuple[Command, ...]

    def __str__(self) -> str:
        arguments = ",".join(f"{name}={value}" for name, value in sorted(self.build_args.items()))
        return "+".join(filter(None, (self.target, arguments)))


@dataclass(frozen=True)
class Example:
    """One folder of `examples/`.

    Programs in `removed` are in the image as written and not in the rewritten one; those in
    `absent` are merely not in the rewritten one. Folders in `stored_once` are stored twice, in two
    layers, by the image as written. The rewritten CMD lacks the words of `wrapper` at its front.
    """

    name: str
    dockerfile: Path
    context: Path
    target: str | None
    build_args: Mapping[str, str]
    probe: Probe
    must_run: tuple[Command, ...]
    removed: tuple[str, ...]
    absent: tuple[str, ...]
    stored_once: tuple[str, ...]
    variants: tuple[Variant, ...]
    wrapper: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


def read_example(folder: Path) -> Example:
    """Read `folder/example.toml`; an unknown or missing key raises."""
    table = tomllib.loads((folder / "example.toml").read_text(encoding="utf-8"))
    variants = tuple(_variant(one) for one in table.pop("variant", []))
    example = Example(
        name=table.pop("name"),
        dockerfile=folder / table.pop("dockerfile"),
        context=folder / table.pop("context"),
        target=table.pop("target", None),
        build_args=table.pop("build_args", {}),
        probe=_probe(table.pop("probe")),
        must_run=_commands(table.pop("must_run")),
        removed=tuple(table.pop("removed", ())),
        absent=tuple(table.pop("absent", ())),
        stored_once=tuple(table.pop("stored_once", ())),
        variants=variants,
        wrapper=tuple(table.pop("wrapper", ())),
    )
    if table:
        raise KeyError(f"{folder / 'example.toml'}: unknown keys {sorted(table)}")
    return example


def _probe(table: dict[str, Any]) -> Probe:
    argv = tuple(table.pop("argv", ()))
    return Probe(argv=argv, **table)


def _commands(tables: list[dict[str, Any]]) -> tuple[Command, ...]:
    return tuple(Command(argv=tuple(one["argv"]), expect=one["expect"]) for one in tables)


def _variant(table: dict[str, Any]) -> Variant:
    return Variant(
        target=table.get("target"),
        build_args=table.get("build_args", {}),
        must_run=_commands(table["must_run"]),
    )


def all_examples() -> list[Example]:
    """Return every example, by name."""
    return [read_example(path.parent) for path in sorted(EXAMPLES.glob("*/example.toml"))]
