"""The tree: it tiles the text, and words, flags and characters find back to their places."""

import pytest
from hypothesis import HealthCheck, given, settings
from tests.syntax.dockerfiles import dockerfiles
from tests.syntax.texts import ACCEPTED, VERSIONS

from dockopt.errors import ParseError
from dockopt.syntax import Blank, Comment, Directive, Instruction, parse

RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check_tiles(text: str) -> None:
    document = parse(text)
    position = 0
    for node in document.nodes:
        assert node.start == position < node.end
        assert node.line == text.count("\n", 0, node.start) + 1
        assert node.end_line == text.count("\n", 0, node.end - 1) + 1
        position = node.end
    assert position == len(text)
    assert "".join(document.text_of(node) for node in document.nodes) == text


def check_logical(text: str) -> None:
    for instruction in parse(text).instructions:
        logical = instruction.logical
        joined = "".join(text[s : s + length] for _, s, length in logical.runs)
        assert joined == logical.text
        for offset, char in enumerate(logical.text):
            assert text[logical.to_source(offset)] == char
        for flag in instruction.flags:
            assert instruction.start <= flag.span.start < flag.span.end <= instruction.end
            assert flag.span.of(text).startswith("-")
        body = instruction.body
        assert logical.text.find(body.text) >= 0
        for offset, char in enumerate(body.text):
            assert text[body.to_source(offset)] == char
        assert instruction.start <= instruction.after <= instruction.end


@pytest.mark.parametrize(
    "text", [*ACCEPTED.values(), *VERSIONS.values()], ids=[*ACCEPTED, *VERSIONS]
)
def test_nodes_tile_the_text_and_spans_find_back(text: str) -> None:
    check_tiles(text)
    check_logical(text)


@settings(RELAXED, max_examples=300)
@given(dockerfiles())
def test_made_up_dockerfiles_tile_and_find_back(text: str) -> None:
    try:
        parse(text)
    except ParseError:
        return
    check_tiles(text)
    check_logical(text)


def test_kinds_of_nodes() -> None:
    document = parse("# syntax=x\n# note\n\nFROM a\n")
    assert [type(node) for node in document.nodes] == [Directive, Comment, Blank, Instruction]
    assert document.directives == {"syntax": "x"}


def test_embedded_comments_belong_to_the_instruction() -> None:
    text = "FROM a\nRUN b \\\n  # one\n\n  && c\n# two\nCMD d\n"
    document = parse(text)
    run, cmd = document.instructions[1:]
    assert [c.text for c in run.comments] == ["# one"]
    assert run.body.text == "b   && c"
    assert [c.text for c in document.attached_comments(cmd)] == ["# two"]
    assert [(c.text, c.line) for c in document.comments] == [("# one", 3), ("# two", 6)]


def test_directives_are_not_attached() -> None:
    document = parse("# syntax=x\n# why\nFROM a\n")
    from_ = document.instructions[0]
    assert document.attached_start(from_) == len("# syntax=x\n")
    assert document.attached_start(document.nodes[0]) == 0


def test_a_blank_line_detaches_comments() -> None:
    document = parse("FROM a\n# far\n\n# near\nRUN b\n")
    assert [c.text for c in document.attached_comments(document.instructions[1])] == ["# near"]


def test_spans_of_words_across_lines() -> None:
    text = "FROM a\nCOPY --from=x \\\n  # c\n  --chown=1:2 one \\\n  two\n"
    copy = parse(text).instructions[1]
    assert [flag.span.of(text) for flag in copy.flags] == ["--from=x", "--chown=1:2"]
    assert copy.flag("from") == "x"
    assert copy.flags_named("chown") == ("1:2",)
    assert copy.body.text == "one   two"
    assert copy.body.span(0, 3).of(text) == "one"
    assert copy.body.span(6, 9).of(text) == "two"
    assert copy.body.span(0, 9).of(text) == "one \\\n  two"
    assert [piece.of(text) for piece in copy.body.pieces(0, 9)] == ["one ", "  two"]
    assert copy.keyword_span.of(text) == "COPY"


def test_a_keyword_broken_over_lines() -> None:
    text = "FR\\\nOM a\nRUN\\\n b\n"
    document = parse(text)
    assert [i.keyword for i in document.instructions] == ["FROM", "RUN"]
    assert document.instructions[0].keyword_span.of(text) == "FR\\\nOM"


def test_the_inner_instruction_of_onbuild() -> None:
    text = "FROM a\nONBUILD COPY --from=x \\\n  one two\n"
    inner = parse(text).instructions[1].inner
    assert inner is not None
    assert (inner.keyword, inner.value) == ("COPY", ("one", "two"))
    assert inner.flags[0].span.of(text) == "--from=x"
    assert inner.keyword_span.of(text) == "COPY"
    assert inner.body.span(0, 3).of(text) == "one"


def test_heredocs_know_their_place_and_kind() -> None:
    text = "FROM a\nCOPY <<-'ONE' <<TWO /x/\n\ta\n\tONE\nb\nTWO\n"
    one, two = parse(text).instructions[1].heredocs
    assert (one.name, one.chomp, one.expand) == ("ONE", True, False)
    assert (two.name, two.chomp, two.expand) == ("TWO", False, True)
    assert one.content_span.of(text) == one.content == "\ta\n"
    assert two.span.of(text) == two.raw == "b\nTWO\n"


def test_spaced_heredoc_is_read_only_where_it_ends() -> None:
    ended = parse("FROM a\nRUN cat << EOF\nb\nEOF\n").instructions
    assert [h.content for h in ended[1].heredocs] == ["b\n"]
    shifted = parse("FROM a\nRUN echo $((1 << 2))\nCMD b\n").instructions
    assert [i.keyword for i in shifted] == ["FROM", "RUN", "CMD"]
    assert not shifted[1].heredocs


def test_a_huge_descriptor_is_bounded() -> None:
    run = parse(f"FROM a\nRUN {'9' * 9000}<<A\nA\n").instructions[1]
    assert run.heredocs[0].file_descriptor == 2**64 - 1


def test_newline_and_escape_of_the_file() -> None:
    assert parse("FROM a\r\nRUN b\r\n").newline == "\r\n"
    assert parse("FROM a\nRUN b\r\n").newline == "\n"
    assert parse("# escape=`\nFROM a\n").escape == "`"
    assert parse("FROM a").newline == "\n"


def test_lines_and_offsets() -> None:
    document = parse("FROM a\nRUN b\n")
    assert document.line_starts == (0, 7, 13)
    assert [document.line_at(offset) for offset in (0, 6, 7, 12, 13)] == [1, 1, 2, 2, 3]


def test_nodes_in_a_range() -> None:
    document = parse("FROM a\nRUN b\nRUN c\n")
    first, second, third = document.nodes
    assert document.nodes_in(0, 7) == (first,)
    assert document.nodes_in(6, 8) == (first, second)
    assert document.nodes_in(7, 7) == ()
    assert document.nodes_in(8, 8) == (second,)
    assert document.nodes_in(7, 19) == (second, third)
    assert document.nodes_in(19, 19) == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FROM a\nRUN b\nRUN c\n", "FROM a\nRUN b\nRUN d\nRUN c\n"),
        ("# escape=`\nFROM a\nRUN b `\n  c\n", "# escape=`\nFROM a\nRUN b `\n  d\n"),
        ("FROM a\n# c\n\nRUN b", "FROM a\n# c\n\nRUN b\nRUN c\n"),
        ("FROM a\n# syntax=b\nRUN b\n", "FROM a\n# syntax=b\n# escape=`\nRUN c\n"),
        ("FROM a\nRUN <<E\nb\nE\nRUN c\n", "FROM a\nRUN <<E\nb\nE\nRUN d\n"),
        ("FROM a\nRUN b << E\nRUN c\n", "FROM a\nRUN b << E\nRUN d\nE\n"),
        ("FROM a\n", "RUN b\n"),
        ("\ufeffFROM a\nRUN b\n", "\ufeffFROM a\nRUN c\n"),
        ("FROM a\r\nRUN b\r\n", "FROM a\r\nRUN b\r\nRUN c\r\n"),
    ],
)
def test_a_later_version_is_read_as_if_it_were_the_first(before: str, after: str) -> None:
    later = parse(after, earlier=parse(before))
    assert later == parse(after)
    assert later.instructions == parse(after).instructions


def test_a_later_version_keeps_the_nodes_before_the_change() -> None:
    before = parse("FROM a\nRUN b\nRUN c\n")
    assert parse("FROM a\nRUN b\nRUN d\n", earlier=before).nodes[1] is before.nodes[1]
