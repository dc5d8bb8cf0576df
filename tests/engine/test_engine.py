"""The engine: phases, levels, exclusion, and what it keeps when a change breaks something."""

import pytest
from hypothesis import HealthCheck, given, settings
from tests.engine.transforms import (
    GOOD,
    Proposer,
    change,
    declining,
    flipping,
    insertion,
    registered,
    removal,
    rewritten,
    substitution,
)
from tests.syntax.dockerfiles import dockerfiles

from dockopt.errors import ParseError
from dockopt.facts import Facts
from dockopt.policy import Policy
from dockopt.registry import Registered
from dockopt.result import Rewrite
from dockopt.text import Delete, Insert, Move, Span
from dockopt.transform import Level, Phase, Proposal

TEXT = """\
# syntax=docker/dockerfile:1
ARG BASE=python:3.12
FROM ${BASE} AS build
# keep me
WORKDIR /app
COPY . .
RUN good

FROM python:3.12-slim
ARG MODE=fast
ENV A=1 B=2
LABEL owner=me
COPY --from=build /app /app
COPY app.py /app/
EXPOSE 8000
VOLUME /data
STOPSIGNAL SIGINT
SHELL ["/bin/bash", "-c"]
USER app
HEALTHCHECK CMD curl localhost
ENTRYPOINT ["python"]
CMD ["app.py"]
"""


def test_nothing_to_do_gives_the_same_text() -> None:
    result = rewritten(TEXT)
    assert (result.text, result.applied, result.not_applied, result.declined) == (TEXT, (), (), ())
    assert not result.changed
    assert result.diff() == ""


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=150)
@given(dockerfiles())
def test_no_transform_gives_the_same_text_for_any_dockerfile(text: str) -> None:
    try:
        result = rewritten(text, registered("idle", declining("not this one")))
    except ParseError:
        return
    assert result.text == text
    assert [d.reason for d in result.declined] == ["not this one"]


def test_a_good_change_is_made_and_accounted_for() -> None:
    result = rewritten(TEXT, GOOD)
    assert result.text == TEXT.replace("RUN good", "RUN better")
    (record,) = result.applied
    assert (record.id, record.transform, record.line) == ("good@7", "good", 7)
    assert [(r.first, r.last, r.text) for r in record.before] == [(7, 7, "RUN good")]
    assert [(r.first, r.last, r.text) for r in record.after] == [(7, 7, "RUN better")]
    assert "-RUN good\n+RUN better\n" in result.diff()


def test_lines_are_those_of_the_input() -> None:
    early = registered("early", insertion("# new\n", "WORKDIR"), phase=Phase.STRUCTURE)
    result = rewritten(TEXT, early, GOOD)
    assert {record.id for record in result.applied} == {"early@5", "good@7"}
    late = next(record for record in result.applied if record.transform == "good")
    assert (late.before[0].first, late.after[0].first) == (7, 8)


def test_lines_that_a_rewrite_makes_are_told_by_their_author() -> None:
    first = registered("first", insertion("RUN new \\\n    --more\n", "WORKDIR"), phase=Phase.BASE)
    reasons = (
        "line 5 is new, line 6 as well; line 7 is not, line 99 is nowhere,"
        " line 5 of requirements/dev.txt is another file's"
    )
    result = rewritten(TEXT, first, registered("late", declining(reasons), phase=Phase.SHRINK))

    assert result.text.split("\n")[4:7] == ["RUN new \\", "    --more", "WORKDIR /app"]
    assert [d.reason for d in result.declined] == [
        "a line that first writes is new, a line that first writes as well;"
        " line 5 is not, line 99 is nowhere, line 5 of requirements/dev.txt is another file's"
    ]


SABOTAGE = {
    "USER of stage (target) would change": substitution("USER app", "USER root"),
    "WORKDIR of stage build would change": substitution("WORKDIR /app", "WORKDIR /srv"),
    "ENV A of stage (target) would change": substitution("A=1", "A=3"),
    "ENV C of stage (target) would change": substitution("A=1", "C=3 A=1"),
    "CMD of stage (target) would change": substitution('CMD ["app.py"]', 'CMD ["x.py"]'),
    "ENTRYPOINT of stage (target) would change": removal("ENTRYPOINT"),
    "HEALTHCHECK of stage (target) would change": removal("HEALTHCHECK"),
    "STOPSIGNAL of stage (target) would change": substitution("SIGINT", "SIGTERM"),
    "SHELL of stage (target) would change": removal("SHELL"),
    "EXPOSE of stage (target) would change": substitution("8000", "8001"),
    "VOLUME of stage (target) would change": removal("VOLUME"),
    "LABEL owner of stage (target) would change": removal("LABEL"),
    "ARG of stage (target) would change": removal("ARG MODE"),
    "ARG of the Dockerfile would change": substitution("ARG MODE=fast", "ARG MODE X"),
    "files of stage (target) would change": substitution("app.py /app/", "app.py /srv/"),
    "base image of stage (target) would change": substitution("3.12-slim", "3.13-slim"),
    "stage build is gone": substitution("AS build", ""),
    "directives of the Dockerfile would change": removal("# syntax"),
    "# keep me": removal("# keep me"),
    "does not parse": substitution("RUN good", "RUN good <<EOF"),
    "unknown instruction 'GOOD'": substitution("RUN good", "GOOD"),
}


@pytest.mark.parametrize(("words", "propose"), SABOTAGE.items(), ids=SABOTAGE)
def test_a_change_that_breaks_something_is_dropped_alone(words: str, propose: Proposer) -> None:
    bad = registered("bad", propose, phase=Phase.COMMANDS)
    alone = rewritten(TEXT, bad)
    assert alone.text == TEXT
    assert [(n.kind, words in n.reason) for n in alone.not_applied] == [("guard", True)]
    if "RUN good" in words or "parse" in words or "GOOD" in words:
        return
    both = rewritten(TEXT, bad, GOOD)
    assert both.text == TEXT.replace("RUN good", "RUN better")
    assert [record.transform for record in both.applied] == ["good"]
    assert [n.record.transform for n in both.not_applied] == ["bad"]


DECLARED = {
    "USER": substitution("USER app", "USER root", alters=["USER"]),
    "ENV A": substitution("A=1", "A=3", alters=["ENV A"]),
    "ENV": substitution("A=1", "A=3", alters=["ENV"]),
    "base image": substitution("3.12-slim", "3.13-slim", alters=["base image"]),
    "files": substitution("app.py /app/", "app.py /srv/", alters=["files"]),
}


@pytest.mark.parametrize(("aspect", "propose"), DECLARED.items(), ids=DECLARED)
def test_what_a_change_declares_it_may_change(aspect: str, propose: Proposer) -> None:
    result = rewritten(TEXT, registered("declared", propose))
    assert [record.alters for record in result.applied] == [(aspect,)]


def test_a_declared_aspect_covers_no_other() -> None:
    wrong = substitution("USER app", "USER root", alters=["ENV", "CMD"])
    assert not rewritten(TEXT, registered("wrong", wrong)).changed


def test_only_the_comments_that_a_change_names_may_go() -> None:
    named = registered("named", removal("# keep me", drops=["# keep me"]), phase=Phase.BASE)
    other = registered("other", removal("# keep me", drops=["# syntax"]))
    later = registered("later", substitution("RUN good", "RUN better"), phase=Phase.SHRINK)

    assert rewritten(TEXT, named, later).text == (
        TEXT.replace("# keep me\n", "").replace("good", "better")
    )
    assert not rewritten(TEXT, other).changed


def test_one_of_many_changes_is_dropped_and_the_others_stay() -> None:
    lines = "".join(f"RUN step {number}\n" for number in range(40))
    text = f"FROM a\n{lines}"

    def propose(facts: Facts) -> "list[Proposal]":
        found: list[Proposal] = []
        for instruction in facts.document.instructions:
            if facts.document.text_of(instruction).startswith("RUN step"):
                word = "USER x\nRUN" if instruction.line == 23 else "RUN done"
                edits = [Delete(Span(instruction.start, instruction.start + len("RUN step")))]
                found.append(change([Insert(instruction.start, word), *edits], instruction.start))
        return found

    result = rewritten(text, registered("many", lambda facts: iter(propose(facts))))
    assert result.text.count("RUN done") == 39
    assert "RUN step 21" in result.text
    assert [n.record.line for n in result.not_applied] == [23]


def test_a_transform_that_is_never_content_is_dropped() -> None:
    result = rewritten(TEXT, registered("flip", flipping("owner=me", "owner=ME")), GOOD)
    assert "flip" not in {record.transform for record in result.applied}
    assert result.text == TEXT.replace("RUN good", "RUN better")
    assert {n.record.transform for n in result.not_applied} == {"flip"}


def test_a_transform_that_flips_what_no_guard_sees_is_dropped() -> None:
    result = rewritten(TEXT, registered("flip", flipping("RUN good", "RUN bad!")), GOOD)
    assert result.text == TEXT.replace("RUN good", "RUN better")
    assert {(n.record.transform, n.kind) for n in result.not_applied} == {("flip", "guard")}
    assert "second run" in result.not_applied[0].reason


def test_a_phase_is_repeated_while_there_is_something_to_do() -> None:
    steps = [registered(f"s{n}", substitution(f"RUN x{n}.", f"RUN x{n + 1}.")) for n in range(4)]
    result = rewritten("FROM a\nRUN x0.\n", *reversed(steps))
    assert result.text == "FROM a\nRUN x4.\n"
    assert len(result.applied) == 4


def test_a_phase_is_not_repeated_for_ever() -> None:
    text = "FROM a\nRUN b\n"
    result = rewritten(text, registered("grow", substitution("RUN b", "RUN bb")))
    assert result.text == text
    assert {n.kind for n in result.not_applied} == {"guard"}


def test_changes_of_one_instruction_wait_for_each_other() -> None:
    one = registered("one", substitution("pip", "pip --quiet"))
    two = registered("two", substitution("flask", "flask~=3"))
    result = rewritten("FROM a\nRUN pip install flask\n", _once(one), _once(two))
    assert len(result.applied) == 2
    assert result.text == "FROM a\nRUN pip --quiet install flask~=3\n"


def _once(wrapped: Registered) -> Registered:
    """The same transform, silent on what it has done."""

    def propose(facts: Facts) -> "list[Proposal]":
        done = "--quiet" if wrapped.name == "one" else "~="
        return [] if done in facts.document.source else list(wrapped.propose(facts))

    return registered(wrapped.name, lambda facts: iter(propose(facts)))


def test_a_useless_change_is_left_out() -> None:
    def propose(facts: Facts) -> "list[Proposal]":
        run = facts.document.instructions[-1]
        if "# prepared" in facts.document.source:
            return []
        return [change([Insert(run.start, "# prepared\n")], run.start, enables=["good"])]

    first = registered("first", lambda facts: iter(propose(facts)), phase=Phase.STRUCTURE)
    with_it = rewritten("FROM a\nRUN good\n", first, GOOD)
    assert with_it.text == "FROM a\n# prepared\nRUN better\n"
    without = rewritten("FROM a\nRUN other\n", first, GOOD)
    assert without.text == "FROM a\nRUN other\n"
    assert [(n.kind, "good" in n.reason) for n in without.not_applied] == [("useless", True)]


def test_a_moved_instruction_keeps_its_identity() -> None:
    def propose(facts: Facts) -> "list[Proposal]":
        label = next(i for i in facts.document.instructions if i.keyword == "LABEL")
        last = facts.document.instructions[-1]
        if label.start > last.start - 30:
            return []
        return [change([Move(label.span, last.start)], label.start)]

    mover = registered("mover", lambda facts: iter(propose(facts)), phase=Phase.STRUCTURE)
    editor = registered("editor", substitution("owner=me", 'owner="me"', alters=["LABEL owner"]))
    result = rewritten(TEXT, mover, editor)
    assert result.text.endswith('LABEL owner="me"\nCMD ["app.py"]\n')
    assert {record.id for record in result.applied} == {"mover@12", "editor@12"}


@pytest.mark.parametrize(
    ("level", "applied"),
    [
        (Level.SAFE, {"safe"}),
        (Level.STANDARD, {"safe", "standard"}),
        (Level.AGGRESSIVE, {"safe", "standard", "aggressive"}),
    ],
)
def test_levels(level: Level, applied: set[str]) -> None:
    names = ["safe", "standard", "aggressive", "advice"]
    text = "FROM a\n" + "".join(f"RUN {name}.\n" for name in names)
    transforms = [
        registered(n, substitution(f"RUN {n}.", "RUN ok", level=Level[n.upper()])) for n in names
    ]
    result = rewritten(text, *transforms, policy=Policy(level))
    assert {record.transform for record in result.applied} == applied
    flags = {n.record.transform: n.flag for n in result.not_applied if n.kind == "level"}
    assert set(flags) == set(names) - applied
    assert flags.get("aggressive", "--level aggressive") == "--level aggressive"
    assert "never" in flags["advice"]


def _two() -> tuple[str, Registered]:
    return "FROM a\nRUN good\nRUN good\n", GOOD


def test_single_changes_can_be_excluded() -> None:
    text, good = _two()
    result = rewritten(text, good, policy=Policy(exclude=frozenset({"good@2"})))
    assert result.text == "FROM a\nRUN good\nRUN better\n"
    assert [(n.record.id, n.kind) for n in result.not_applied] == [("good@2", "excluded")]


def test_excluding_a_change_leaves_the_names_of_the_others() -> None:
    text, good = _two()
    everything = {record.id for record in rewritten(text, good).applied}
    for name in everything:
        rest = rewritten(text, good, policy=Policy(exclude=frozenset({name})))
        assert {record.id for record in rest.applied} == everything - {name}


def test_an_excluded_change_takes_no_other_with_it_when_lines_shift() -> None:
    early = registered("early", insertion("# new\n# lines\n", "WORKDIR"), phase=Phase.STRUCTURE)
    text = "FROM a\nWORKDIR /x\nRUN good\nRUN good\n"
    result = rewritten(text, early, GOOD, policy=Policy(exclude=frozenset({"good@3"})))
    assert result.text == "FROM a\n# new\n# lines\nWORKDIR /x\nRUN good\nRUN better\n"
    assert {(n.record.id, n.kind) for n in result.not_applied} == {("good@3", "excluded")}


def test_selection() -> None:
    other = registered("other", substitution("RUN good", "RUN other"))
    text = "FROM a\nRUN good\n"

    def run(**settings: frozenset[str]) -> Rewrite:
        return rewritten(text, GOOD, other, policy=Policy(**settings))  # type: ignore[arg-type]

    assert run(select=frozenset({"other"})).text == "FROM a\nRUN other\n"
    assert run(ignore=frozenset({"good"})).text == "FROM a\nRUN other\n"
    assert run(select=frozenset({"good"}), ignore=frozenset({"good"})).text == text


def test_line_ends_and_marks_are_kept() -> None:
    text = "\ufeff# syntax=x\r\nFROM a\r\nRUN good \\\r\n  && b"
    result = rewritten(text, GOOD)
    assert result.text == text.replace("good", "better")


def test_a_target_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ParseError, match="no stage 'x'"):
        rewritten("FROM a AS b\n", GOOD, target="x")
