"""Edits within a RUN: comments, blank lines, continuations and line ends stay right."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dockopt.editing import RunEditor
from dockopt.errors import ParseError
from dockopt.model import Run, build
from dockopt.shell import Script
from dockopt.syntax import parse
from dockopt.text import Draft

Edit = Callable[[RunEditor], None]


def edited(text: str, *edits: Edit) -> str:
    """The Dockerfile `text` after edits of its last RUN."""
    dockerfile = build(parse(text))
    editor = RunEditor(dockerfile.document, dockerfile.stages[-1].runs[-1])
    for edit in edits:
        edit(editor)
    return Draft.of(text).apply([("editor", editor.edits())]).text


def words(*values: str) -> Edit:
    """Takes out the words with these values."""

    def edit(editor: RunEditor) -> None:
        commands = editor.script.commands
        editor.remove_words(w for c in commands for w in c.words if w.value in values)

    return edit


def steps(*indexes: int) -> Edit:
    """Takes out these steps."""
    return lambda editor: editor.remove_steps(indexes)


def append(text: str) -> Edit:
    """Adds a step."""
    return lambda editor: editor.append_step(text)


LEADING = """\
FROM a
RUN one 1 \\
    # about two
    && two 2 \\

    && three 3 \\
    # about four
    && four 4
CMD x
"""
TRAILING = """\
FROM a
RUN one 1 && \\
    # about two
    two 2 && \\

    three 3 && \\
    # about four
    four 4
CMD x
"""


def run_of(text: str) -> str:
    """What the last RUN does, without its layout."""
    run = build(parse(text)).stages[-1].runs[-1]
    return " ".join(run.logical.text.split())


@pytest.mark.parametrize("text", [LEADING, TRAILING], ids=["leading", "trailing"])
@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ((0,), "two 2 && three 3 && four 4"),
        ((1,), "one 1 && three 3 && four 4"),
        ((2,), "one 1 && two 2 && four 4"),
        ((3,), "one 1 && two 2 && three 3"),
        ((0, 1), "three 3 && four 4"),
        ((1, 2), "one 1 && four 4"),
        ((2, 3), "one 1 && two 2"),
        ((0, 3), "two 2 && three 3"),
        ((0, 2), "two 2 && four 4"),
        ((0, 1, 2), "four 4"),
        ((1, 2, 3), "one 1"),
        ((1, 3), "one 1 && three 3"),
    ],
)
def test_steps_are_removed(text: str, gone: tuple[int, ...], left: str) -> None:
    result = edited(text, steps(*gone))
    assert run_of(result) == left
    for comment in ("# about two", "# about four"):
        assert result.count(comment) == 1
    assert [i.keyword for i in parse(result).instructions] == ["FROM", "RUN", "CMD"]
    assert result.endswith("CMD x\n")


def test_the_layout_of_what_stays() -> None:
    assert edited(LEADING, steps(1)) == LEADING.replace("    && two 2 \\\n", "")
    assert edited(LEADING, steps(2)) == LEADING.replace("    && three 3 \\\n", "")
    assert edited(TRAILING, steps(1)) == TRAILING.replace("    two 2 && \\\n", "")
    assert edited(TRAILING, steps(2)) == TRAILING.replace("    three 3 && \\\n", "")


def test_the_last_line_takes_the_continuation_before_it_along() -> None:
    text = "FROM a\nRUN one \\\n    && two\nCMD x\n"
    assert edited(text, steps(1)) == "FROM a\nRUN one\nCMD x\n"
    trailing = "FROM a\nRUN one && \\\n    two\nCMD x\n"
    assert edited(trailing, steps(1)) == "FROM a\nRUN one\nCMD x\n"


def test_without_a_final_newline() -> None:
    assert edited("FROM a\nRUN one && \\\n    two", steps(1)).rstrip("\n") == "FROM a\nRUN one"
    assert edited("FROM a\nRUN one && two", steps(0)) == "FROM a\nRUN two"


def test_carriage_returns_are_kept() -> None:
    for text in (LEADING, TRAILING):
        crlf = text.replace("\n", "\r\n")
        for gone in range(4):
            assert edited(crlf, steps(gone)) == edited(text, steps(gone)).replace("\n", "\r\n")
        assert edited(crlf, append("x")) == edited(text, append("x")).replace("\n", "\r\n")


def test_another_escape_character() -> None:
    mark = "# escape=`\n"
    for text in (LEADING, TRAILING):
        other = mark + text.replace("\\", "`")
        for gone in range(4):
            assert edited(other, steps(gone)) == mark + edited(text, steps(gone)).replace("\\", "`")
        assert edited(other, append("x")) == mark + edited(text, append("x")).replace("\\", "`")


PACKAGES = """\
FROM a
RUN apt-get install -y \\
    # compilers
    gcc \\
    g++ \\

    curl git \\
    # last
    zip
CMD x
"""


@pytest.mark.parametrize(
    ("gone", "result"),
    [
        (("gcc",), PACKAGES.replace("    gcc \\\n", "")),
        (("gcc", "g++"), PACKAGES.replace("    gcc \\\n    g++ \\\n", "")),
        (("git",), PACKAGES.replace(" git", "")),
        (("curl",), PACKAGES.replace("curl ", "")),
        (("curl", "git"), PACKAGES.replace("    curl git \\\n", "")),
        (("-y",), PACKAGES.replace(" -y", "")),
        (("zip",), PACKAGES.replace("curl git \\\n", "curl git\n").replace("    zip\n", "")),
        (("missing",), PACKAGES),
    ],
)
def test_words_are_removed(gone: tuple[str, ...], result: str) -> None:
    assert edited(PACKAGES, words(*gone)) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("FROM a\nRUN one\n", "FROM a\nRUN one \\\n    && two\n"),
        ("FROM a\nRUN one", "FROM a\nRUN one \\\n    && two"),
        ("FROM a\nRUN one \\\n    && x\n", "FROM a\nRUN one \\\n    && x \\\n    && two\n"),
        # A line that ends in a remark or a semicolon.
        ("FROM a\nRUN one # why\n", "FROM a\nRUN one \\\n    && two # why\n"),
        ("FROM a\nRUN one;\n", "FROM a\nRUN one \\\n    && two;\n"),
        (
            "FROM a\nRUN one && \\\n    # c\n\n    x\n",
            "FROM a\nRUN one && \\\n    # c\n\n    x && \\\n    two\n",
        ),
    ],
)
def test_a_step_is_appended(text: str, result: str) -> None:
    assert edited(text, append("two")) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("RUN a && b&&c\n", "RUN a \\\n    && b \\\n    &&c \\\n    && new\n"),
        ("RUN --mount=type=tmpfs,target=/x a && b\n", None),
        ("RUN --mount=type=tmpfs,target=/x \\\n    a && b\n", None),
        # Quotes, compound commands, pipelines and other operators stay as they are.
        (
            "RUN echo 'x && y' && (b && c)\n",
            "RUN echo 'x && y' \\\n    && (b && c) \\\n    && new\n",
        ),
        ("RUN a | b || c && d\n", "RUN a | b || c \\\n    && d \\\n    && new\n"),
        ("RUN set -e; a && b\n", "RUN set -e; a \\\n    && b \\\n    && new\n"),
        # What stands on several lines already keeps its joints.
        ("RUN a && b \\\n    x\n", "RUN a && b \\\n    x \\\n    && new\n"),
        ("RUN a && b \\\n  && c\n", "RUN a && b \\\n  && c \\\n  && new\n"),
        ("RUN a && b && \\\n  c && d\n", "RUN a && b && \\\n  c && d && \\\n  new\n"),
        ("RUN a; \\\n\tb\n", "RUN a; \\\n\tb && \\\n\tnew\n"),
    ],
)
def test_a_run_of_one_line_is_laid_out_anew(text: str, result: str | None) -> None:
    result = result or text.replace(" && b", " \\\n    && b \\\n    && new")
    assert edited("FROM x\n" + text, append("new")) == "FROM x\n" + result


@pytest.mark.parametrize(
    ("others", "joint"),
    [
        ("", " \\\n    && "),
        ("RUN x \\\n && y\n", " \\\n && "),
        ("RUN x \\\n\t&& y\n", " \\\n\t&& "),
        ("RUN x && \\\n  y\n", " && \\\n  "),
        # Two RUNs count more than the many joints of one.
        ("RUN x && \\\n  y && \\\n  z\nRUN x \\\n && y\nRUN x \\\n && y\n", " \\\n && "),
        # Without a joint, lines of words tell the indentation, unless they are far in.
        ("RUN x \\\n  y \\\n  z\n", " \\\n  && "),
        ("RUN x \\\n        y \\\n        z\n", " \\\n    && "),
    ],
)
def test_a_new_line_follows_the_way_of_the_file(others: str, joint: str) -> None:
    result = edited(f"FROM a\n{others}RUN one && two\n", append("new"))
    assert result == f"FROM a\n{others}RUN one{joint}two{joint}new\n"


def test_steps_are_put_before_and_after_others() -> None:
    def edit(editor: RunEditor) -> None:
        first, second = editor.script.steps
        editor.precede_step(first, "zero")
        editor.follow_step(first, "half", "most")
        editor.precede_step(second, "nearly")
        editor.follow_step(second)

    flat = "FROM a\nRUN --network=none one && two\n"
    chain = ["zero", "one", "half", "most", "nearly", "two"]
    assert edited(flat, edit) == "FROM a\nRUN --network=none " + " \\\n    && ".join(chain) + "\n"
    for text in ("FROM a\nRUN one \\\n  && two\n", "FROM a\nRUN one && \\\n  two\n"):
        joint = text[len("FROM a\nRUN one") : -len("two\n")]
        assert edited(text, edit) == f"FROM a\nRUN {joint.join(chain)}\n"


def test_a_here_document_keeps_its_lines() -> None:
    text = "FROM a\nRUN <<E\none\ntwo\nE\n"

    def edit(editor: RunEditor) -> None:
        editor.follow_step(editor.script.steps[0], "new")

    assert edited(text, edit) == text.replace("one\n", "one && new\n")


@pytest.mark.parametrize("between", ["", "    # why\n", "\n"])
def test_an_operator_does_not_stay_alone(between: str) -> None:
    text = f"FROM a\nRUN get git \\\n{between}    zip && \\\n    two\n"
    kept = f"FROM a\nRUN get git \\\n{between}    && \\\n    two\n"
    raised = "FROM a\nRUN get git && \\\n    two\n"
    assert edited(text, words("zip")) == (kept if between else raised)
    assert edited(text.replace("git", "git zip"), words("zip")) == (kept if between else raised)


def test_words_are_put_in_and_replaced() -> None:
    def edit(editor: RunEditor) -> None:
        first, second = editor.script.commands
        editor.insert_after(first.args[0].end, " --no-cache-dir")
        editor.insert_before(second.start, "exec ")
        editor.replace(first.args[1].start, first.args[1].end, "flask~=3")

    text = "FROM a\nRUN pip install \\\n  flask && \\\n  app\n"
    assert edited(text, edit) == (
        "FROM a\nRUN pip install --no-cache-dir \\\n  flask~=3 && \\\n  exec app\n"
    )


def test_several_edits_of_one_run() -> None:
    assert edited(LEADING, steps(0), append("five")).count("five") == 1
    assert run_of(edited(LEADING, steps(0, 2), append("five"))) == "two 2 && four 4 && five"
    assert run_of(edited(PACKAGES, words("gcc", "zip"), append("five"))) == (
        "apt-get install -y g++ curl git && five"
    )


def test_an_opaque_script_cannot_be_edited() -> None:
    with pytest.raises(ValueError, match="opaque: exec form"):
        edited('FROM a\nRUN ["a"]\n', steps(0))


@st.composite
def runs(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A Dockerfile with one RUN in some layout, and its steps."""
    count = draw(st.integers(2, 5))
    names = [f"s{n} {'w ' * draw(st.integers(0, 2))}v" for n in range(count)]
    leading = draw(st.booleans())
    escape = draw(st.sampled_from(["\\", "`"]))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    text = "# escape=`" + newline if escape == "`" else ""
    text += f"FROM a{newline}RUN {names[0]}"
    for number, name in enumerate(names[1:]):
        broken = draw(st.booleans())
        inside = [f"# note {number}"] if broken and draw(st.booleans()) else []
        inside += [""] if broken and draw(st.booleans()) else []
        gap = f" {escape}{newline}" + "".join(line + newline for line in inside) + "    "
        gap = gap if broken else " "
        text += f"{gap}&& {name}" if leading else f" &&{gap}{name}"
    return text + draw(st.sampled_from(["", newline, f"{newline}CMD x{newline}"])), names


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=300)
@given(runs(), st.data())
def test_any_steps_of_any_layout(case: tuple[str, list[str]], data: st.DataObject) -> None:
    text, names = case
    gone = data.draw(st.sets(st.integers(0, len(names) - 1), max_size=len(names) - 1))
    assume(gone)
    result = edited(text, lambda editor: editor.remove_steps(gone))
    left = [" ".join(name.split()) for n, name in enumerate(names) if n not in gone]
    assert run_of(result) == " && ".join(left)
    before, after = parse(text), parse(result)
    assert [c.text for c in after.comments] == [c.text for c in before.comments]
    assert len(after.instructions) == len(before.instructions)
    assert ("\r\n" in result) == ("\r\n" in text) or "\n" not in result


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=300)
@given(runs(), st.data())
def test_any_words_of_any_layout(case: tuple[str, list[str]], data: st.DataObject) -> None:
    text, _ = case
    run: Run = build(parse(text)).stages[0].runs[0]
    assert isinstance(run.script, Script)
    candidates = [w for c in run.script.commands for w in c.args]
    chosen = data.draw(st.sets(st.integers(0, len(candidates) - 1)))
    gone = [candidates[n] for n in sorted(chosen)]
    result = edited(text, lambda editor: editor.remove_words(gone))
    left = [[w.text for w in c.words if w not in gone] for c in run.script.commands]
    assert run_of(result) == " && ".join(" ".join(step) for step in left)
    try:
        after = parse(result)
    except ParseError as error:
        raise AssertionError(result) from error
    assert [c.text for c in after.comments] == [c.text for c in parse(text).comments]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=300)
@given(runs(), st.data())
def test_any_steps_added_to_any_layout(case: tuple[str, list[str]], data: st.DataObject) -> None:
    text, names = case
    before = data.draw(st.sets(st.integers(0, len(names) - 1)))
    after = data.draw(st.sets(st.integers(0, len(names) - 1)))

    def edit(editor: RunEditor) -> None:
        for index, step in enumerate(editor.script.steps):
            if index in before:
                editor.precede_step(step, f"b{index}")
            if index in after:
                editor.follow_step(step, f"a{index}", f"c{index}")

    result = edited(text, edit)
    wanted = []
    for index, name in enumerate(names):
        wanted += [f"b{index}"] if index in before else []
        wanted += [" ".join(name.split())]
        wanted += [f"a{index}", f"c{index}"] if index in after else []
    assert run_of(result) == " && ".join(wanted)
    assert [c.text for c in parse(result).comments] == [c.text for c in parse(text).comments]
    assert ("\r\n" in result) == ("\r\n" in text) or "\n" not in result
    run: Run = build(parse(text)).stages[0].runs[0]
    if run.instruction.line == run.instruction.end_line and (before or after):
        made = parse(result).instructions[1]
        assert made.end_line - made.line + 1 == len(wanted)
