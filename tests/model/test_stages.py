"""Stages, what they start from, their variables, working directories and references."""

import pytest

from dockopt.model import Dockerfile, ImageReference, Unknown, build
from dockopt.shell import Opaque, Script
from dockopt.syntax import parse


def model(text: str, target: str | None = None) -> Dockerfile:
    return build(parse(text), target=target)


def base_of(text: str, stage: int = -1) -> str | Unknown:
    image = model(text).stages[stage].image
    return image.text if isinstance(image, ImageReference) else image or "a stage"


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("FROM python:3.12\n", "python:3.12"),
        ("ARG V=3.12\nFROM python:${V}-slim\n", "python:3.12-slim"),
        ("ARG V=3 W=${V}.12\nFROM python:$W\n", "python:3.12"),
        ("ARG V=3.11\nARG V=3.12\nFROM python:$V\n", "python:3.12"),
        ("FROM python:${V:-3.12}\n", "python:3.12"),
        ("FROM --platform=$BUILDPLATFORM python:3.12\n", "python:3.12"),
        ("FROM a AS b\nFROM b\n", "a stage"),
        ("FROM a AS Build\nFROM build\n", "a stage"),
    ],
)
def test_the_image_of_a_stage(text: str, image: str) -> None:
    assert base_of(text) == image


@pytest.mark.parametrize(
    "text",
    [
        "ARG V\nFROM python:$V\n",
        "FROM python:3.12-$TARGETARCH\n",
        "ARG V=${x\nFROM python:$V\n",
    ],
)
def test_the_image_that_a_build_decides(text: str) -> None:
    assert isinstance(base_of(text), Unknown)


def test_a_stage_never_starts_from_a_later_one() -> None:
    stages = model("FROM b AS a\nFROM x AS b\n").stages
    assert stages[0].parent is None
    assert isinstance(stages[0].image, ImageReference)


def test_the_last_of_two_stages_with_one_name_counts() -> None:
    dockerfile = model("FROM a AS x\nFROM b AS x\nFROM x\nCOPY --from=x /q /q\n")
    assert dockerfile.stages[2].parent is dockerfile.stages[1]
    assert dockerfile.stage_named("X") is dockerfile.stages[1]
    assert dockerfile.copied_from == {0: (), 1: (2,), 2: ()}


def test_chain_and_children() -> None:
    dockerfile = model("FROM a AS x\nFROM x AS y\nFROM x AS z\n")
    x, y, z = dockerfile.stages
    assert dockerfile.children(x) == (y, z)
    assert (z.chain, z.root, z.depth) == ((z, x), x, 2)
    assert dockerfile.children(y) == ()


def test_references_by_name_and_number() -> None:
    text = (
        "FROM a AS one\nFROM b\nFROM c\n"
        "COPY --from=ONE /x /x\nCOPY --from=1 /y /y\nCOPY --from=nginx /z /z\nCOPY w w\n"
        "RUN --mount=type=bind,from=one,target=/m --mount=type=cache,target=/c true\n"
        "RUN --mount=from=1,target=/m true\n"
    )
    dockerfile = model(text)
    found = list(dockerfile.references(dockerfile.stages[2]))
    assert [(s.index, i.keyword, name) for s, i, name in found] == [
        (0, "COPY", "ONE"),
        (1, "COPY", "1"),
        (0, "RUN", "one"),
    ]
    assert dockerfile.copied_from == {0: (2, 2), 1: (2,), 2: ()}


@pytest.mark.parametrize("reference", ["7", "99999999999999999999", "٣", "-1", "", "x"])
def test_a_reference_to_no_stage(reference: str) -> None:
    assert model("FROM a\nFROM b\n").stage_named(reference) is None


def test_the_stage_of_an_instruction() -> None:
    dockerfile = model("ARG A\nFROM a\nRUN b\nFROM c\nRUN d\n")
    stages = [dockerfile.stage_of(i) for i in dockerfile.document.instructions]
    assert [stage and stage.index for stage in stages] == [None, 0, 0, 1, 1]


def test_the_target() -> None:
    text = "FROM a AS x\nFROM b AS y\n"
    assert model(text).target.name == "y"
    assert model(text, "X").target.name == "x"
    assert model(text, "0").target.name == "x"


def values(text: str) -> dict[str, object]:
    return dict(model(text).stages[-1].final_scope.values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nENV A=b\n", {"A": "b"}),
        ("FROM a\nENV A b c\n", {"A": "b c"}),
        ("FROM a\nENV A=b B=$A\n", None),
        ("FROM a\nENV A=b\nENV A=c B=$A\nENV C=$A\n", {"A": "c", "B": "b", "C": "c"}),
        ("FROM a\nARG A=b C=$A\n", {"A": "b", "C": "b"}),
        ("ARG A=b\nFROM a\nARG A\n", {"A": "b"}),
        ("ARG A=b\nFROM a\nARG A=c\n", {"A": "c"}),
        ("ARG A=b\nFROM a\n", {}),
        ("FROM a\nARG A=b\nENV A=c\n", {"A": "c"}),
        ("FROM a\nENV A=c\nARG A=b\n", {"A": "b"}),
        ("FROM a\nENV A=c\nARG A\n", {"A": "c"}),
        ("FROM a AS x\nENV A=b\nARG C=d\nFROM x\n", {"A": "b"}),
        ("FROM a AS x\nENV A=b\nFROM x\nENV B=${A}/c\n", {"A": "b", "B": "b/c"}),
    ],
)
def test_the_variables_at_the_end(text: str, expected: dict[str, object] | None) -> None:
    found = values(text)
    if expected is None:
        assert isinstance(found["B"], Unknown)
    else:
        assert found == expected


def test_platform_arguments_are_unknown_once_declared() -> None:
    stage = model("FROM a\nARG TARGETARCH\nARG TARGETOS=linux\n").stages[0]
    assert isinstance(stage.final_scope.get("TARGETARCH"), Unknown)
    assert stage.final_scope.get("TARGETOS") == "linux"


def test_variables_where_an_instruction_stands() -> None:
    text = "FROM a AS x\nENV A=1\nFROM x\nRUN b\nENV A=2 C=3\nRUN c\nARG A=4\nRUN d\n"
    stage = model(text).stages[1]
    seen = [stage.scope_at(i).values for i in stage.of("RUN")]
    assert [dict(v) for v in seen] == [{"A": "1"}, {"A": "2", "C": "3"}, {"A": "4", "C": "3"}]
    assert [len(v) for v in seen] == [1, 2, 2]
    assert stage.final_environment == {"A": "2", "C": "3"}
    assert "C" not in seen[0]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("FROM python:3\n", "/"),
        ("FROM debian\nWORKDIR app\n", "/app"),
        ("FROM x\nWORKDIR /app\n", "/app"),
        ("FROM x\nWORKDIR /a\nWORKDIR b\nWORKDIR ../c/./d/\n", "/a/c/d"),
        ("FROM x\nWORKDIR //a//b\n", "/a/b"),
        ("FROM x\nENV H=/home/u\nWORKDIR $H/app\n", "/home/u/app"),
        ("FROM x AS y\nWORKDIR /a\nFROM y\nWORKDIR b\n", "/a/b"),
        ("FROM x AS y\nWORKDIR /a\nFROM y\n", "/a"),
    ],
)
def test_the_working_directory(text: str, path: str) -> None:
    assert model(text).stages[-1].workdir == path


@pytest.mark.parametrize("text", ["FROM x\n", "FROM x\nWORKDIR a\n", "FROM x\nWORKDIR /$Q\n"])
def test_a_working_directory_that_the_image_decides(text: str) -> None:
    assert isinstance(model(text).stages[-1].workdir, Unknown)


def test_the_working_directory_where_an_instruction_stands() -> None:
    stage = model("FROM python\nRUN a\nWORKDIR /b\nRUN c\nWORKDIR d\nRUN e\n").stages[0]
    assert [stage.workdir_at(i) for i in stage.of("RUN")] == ["/", "/b", "/b/d"]
    assert [stage.workdir_at(i) for i in stage.of("WORKDIR")] == ["/", "/b"]


def test_the_shell_in_force() -> None:
    text = (
        'FROM a AS x\nRUN one\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN two\n'
        'FROM x\nRUN three\nSHELL ["powershell", "-c"]\nRUN four\nRUN ["five"]\n'
    )
    first, second = model(text).stages
    assert [run.shell_form[0] for run in first.runs] == ["/bin/sh", "/bin/bash"]
    assert [run.shell_form[0] for run in second.runs] == ["/bin/bash"] + ["powershell"] * 2
    kinds = [type(run.script) for run in (*first.runs, *second.runs)]
    assert kinds == [Script, Script, Script, Opaque, Opaque]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("RUN <<EOF\na\nb c\nEOF\n", ["a", "b"]),
        ("RUN <<'E-1'\na\nE-1\n", ["a"]),
        ("RUN << EOF\na\nEOF\n", ["a"]),
        ("RUN <<EOF\n#!/bin/bash\na\nEOF\n", ["a"]),
        ("RUN cat <<EOF > x && b\nq\nEOF\n", ["cat", "b"]),
    ],
)
def test_the_script_of_a_here_document(text: str, names: list[str]) -> None:
    run = model("FROM a\n" + text).stages[0].runs[0]
    assert isinstance(run.script, Script)
    assert [command.name for command in run.script.commands] == names
    for command in run.script.commands:
        assert (
            run.source(command.words[0].start, command.words[0].end).of("FROM a\n" + text) in names
        )


@pytest.mark.parametrize(
    ("shell", "read"),
    [
        ('["/bin/bash", "-Eeuo", "pipefail", "-xc"]', True),
        ('["bash", "-cu"]', True),
        ('["/bin/sh", "-l"]', False),
        ('["cmd", "/S", "/C"]', False),
        ('["python", "-c"]', False),
    ],
)
def test_shells_that_are_read(shell: str, read: bool) -> None:
    run = model(f"FROM a\nSHELL {shell}\nRUN b\n").stages[0].runs[0]
    assert isinstance(run.script, Script) is read


def test_a_here_document_for_another_interpreter_is_opaque() -> None:
    run = model("FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF\n").stages[0].runs[0]
    assert run.script == Opaque("a here-document for another interpreter")


def test_mounts() -> None:
    text = "FROM a\nRUN --mount=type=cache,target=/c,sharing=locked --mount=from=x,dst=/d b\n"
    cache, bind = model(text).stages[0].runs[0].mounts
    assert (cache.kind, cache.target, cache.get("sharing")) == ("cache", "/c", "locked")
    assert (bind.kind, bind.target, bind.get("from")) == ("bind", "/d", "x")


def test_copies_and_their_places() -> None:
    text = 'FROM a\nCOPY --from=x one \\\n  two /d/\nADD ["u v", "w"]\nCOPY alone\n'
    copy, add = model(text).stages[0].copies
    assert (copy.sources, copy.destination, copy.from_) == (("one", "two"), "/d/", "x")
    assert [span.of(text) for span in copy.spans] == ["one", "two", "/d/"]
    assert (add.is_add, add.sources, add.destination, add.spans) == (True, ("u v",), "w", ())


def test_what_stands_behind_more_layers_than_an_image_holds() -> None:
    stage = model("FROM a\n" + "RUN b\nENV A=1\n" * 200).stages[0]
    beyond = [stage.is_beyond_layers(run.instruction) for run in stage.runs]
    assert (beyond.index(True), beyond.count(True)) == (128, 72)
