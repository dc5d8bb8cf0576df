"""Edges of `apt-hygiene`: recommends, lists, updates in another RUN, repetitions."""

from pathlib import Path

import pytest
from tests.transforms.rewriting import reasons, run

from dockopt import rewrite
from dockopt.result import Rewrite
from dockopt.transform import Level

NAME = ("apt-hygiene",)
SLIM = "FROM python:3.12-slim-bookworm\n"
DEBIAN = "FROM debian:bookworm-slim\n"
UBUNTU = "FROM ubuntu:24.04\n"
REMOVE = "rm -rf /var/lib/apt/lists/*"
NO = "--no-install-recommends"
AND = " \\\n    && "
"""Between steps that are on lines of their own."""


def hygienic(text: str, base: str = SLIM) -> str:
    return run(base + text, None, NAME).text.removeprefix(base)


def levels(result: Rewrite) -> set[Level]:
    return {record.level for record in result.applied}


def test_an_install_under_a_condition_saves_no_sure_bytes() -> None:
    install = "apt-get update && apt-get install -y gfortran"
    text = f'{SLIM}RUN if [ "$TARGETARCH" = ppc64le ]; then {install}; fi\n'
    result = run(text, None, NAME)

    assert [record.saves.count for record in result.applied] == [None, None]
    assert all("where the condition does not hold" in r.saves.basis for r in result.applied)
    sure = run(f"{SLIM}RUN {install}\n", None, NAME)
    assert all(record.saves.count for record in sure.applied)


def test_a_pinned_package_recommends_what_its_name_does() -> None:
    text = f"{SLIM}RUN apt-get update && apt-get install -y ffmpeg=7:5.* && {REMOVE}\n"
    result = run(text, None, NAME)

    assert f"install -y {NO} ffmpeg=7:5.*" in result.text


def test_a_variable_of_the_run_names_packages() -> None:
    run_ = 'RUN A="ffmpeg curl" && apt-get update && apt-get install -y {}$A'
    text = f"{SLIM}{run_.format('')} && {REMOVE}\n"

    assert f"{SLIM}{run_.format(NO + ' ')}" in run(text, None, NAME).text
    assert "a variable names packages" in reasons(run(text.replace("$A", '"$A"'), None, NAME))


def test_packages_in_a_variable_are_not_taken_for_repetitions() -> None:
    """They would no longer be purged either."""
    first = f"RUN apt-get update && apt-get install -y {NO} curl && {REMOVE}\n"
    second = f'RUN A="curl jq" && apt-get install -y {NO} $A && apt-get purge -y $A\n'

    assert hygienic(first + second) == first + second


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('RUN ["apt-get", "install", "-y", "jq"]\n', "no shell reads it"),
        ("RUN apt-get install `# a` jq ((\n", "syntax could not be read"),
        ('SHELL ["/bin/zsh", "-c"]\nRUN apt-get -y install jq\n', "the SHELL is /bin/zsh"),
    ],
)
def test_an_install_that_is_not_read_is_declined(text: str, reason: str) -> None:
    result = run(SLIM + text, None, NAME)

    assert not result.changed
    assert "apt installs in a RUN that is not read" in reasons(result)
    assert reason in reasons(result)


# Lists


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"RUN apt-get update && apt-get install -y {NO} curl\n",
            f"RUN apt-get update{AND}apt-get install -y {NO} curl{AND}{REMOVE}\n",
        ),
        (
            f"RUN apt-get update \\\n && apt-get install -y {NO} curl # done\n",
            f"RUN apt-get update \\\n && apt-get install -y {NO} curl \\\n && {REMOVE} # done\n",
        ),
        (
            "RUN apt-get update && apt-get upgrade -y\n",
            f"RUN apt-get update{AND}apt-get upgrade -y{AND}{REMOVE}\n",
        ),
        (
            f"RUN apt-get update; apt-get install -y {NO} curl;\n",
            f"RUN apt-get update; apt-get install -y {NO} curl{AND}{REMOVE};\n",
        ),
        (
            f"RUN sudo apt-get update && sudo apt-get install {NO} jq\n",
            f"RUN sudo apt-get update{AND}sudo apt-get install {NO} jq{AND}sudo {REMOVE}\n",
        ),
        (
            f"RUN {REMOVE} && apt-get update && apt-get install {NO} jq\n",
            f"RUN {REMOVE}{AND}apt-get update{AND}apt-get install {NO} jq{AND}{REMOVE}\n",
        ),
        (
            "RUN apt-get update && if true; then apt-get upgrade; fi\n",
            f"RUN apt-get update{AND}if true; then apt-get upgrade; fi{AND}{REMOVE}\n",
        ),
    ],
)
def test_lists_are_removed_where_they_were_fetched(before: str, after: str) -> None:
    result = run(SLIM + before, None, NAME)

    assert result.text == SLIM + after
    assert levels(result) == {Level.SAFE}
    assert result.saves_bytes == 19_000_000


@pytest.mark.parametrize(
    "removal",
    [
        "rm -rf /var/lib/apt/lists/*",
        "rm -rf /var/lib/apt/lists",
        "rm -rf /var/lib/apt/lists/* /tmp/* /var/tmp/*",
        "rm -r /var/lib/apt/lists/* /etc/apt/sources.list.d/extra.list",
        "find /var/lib/apt/lists -type f -delete",
    ],
)
def test_lists_that_are_removed_already(removal: str) -> None:
    text = f"RUN apt-get update && apt-get install -y {NO} jq && {removal}\n"

    assert hygienic(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "RUN --mount=type=cache,target=/var/lib/apt,sharing=locked \\\n"
        f"    apt-get update && apt-get install -y {NO} jq\n",
        "RUN --mount=type=cache,target=/var/lib/apt/lists \\\n    apt-get update\n",
        f"RUN <<EOF\napt-get update\napt-get install {NO} jq\nEOF\n",
        f"RUN apt-get update && apt-get install -y {NO} jq &\n",
        "RUN apt-get update || apt-get upgrade; exit 0\n",
    ],
)
def test_lists_that_stay(text: str) -> None:
    assert hygienic(text) == text


def test_lists_that_a_script_may_use_stay() -> None:
    text = f"RUN apt-get update && apt-get install -y {NO} jq\nRUN ./install.sh\n"
    result = run(SLIM + text, None, NAME)

    assert not result.changed
    assert "./install.sh" in reasons(result)


def test_a_script_of_the_context_is_read(tmp_path: Path) -> None:
    text = SLIM + f"COPY . .\nRUN apt-get update && apt-get install {NO} jq\nRUN ./install.sh\n"

    assert run(text, tmp_path, NAME, {"install.sh": "npm ci\n"}).changed
    assert not run(text, tmp_path, NAME, {"install.sh": "apt-get install -y vim\n"}).changed


def test_onbuild_that_installs_keeps_the_lists() -> None:
    text = f"RUN apt-get update && apt-get install {NO} jq\nONBUILD RUN apt-get install -y vim\n"

    assert hygienic(text) == text


def test_no_size_is_claimed_for_other_distributions() -> None:
    result = run(UBUNTU + "RUN apt-get update && apt-get upgrade -y\n", None, NAME)

    assert result.changed
    assert result.saves_bytes == 0


# Update and install in one RUN


def test_update_and_install_come_together() -> None:
    assert (
        hygienic(f"# Packages\nRUN apt-get update -qq\nRUN apt-get install -y {NO} jq\n")
        == f"# Packages\nRUN apt-get update -qq{AND}apt-get install -y {NO} jq{AND}{REMOVE}\n"
    )


def test_every_install_gets_its_own_update() -> None:
    result = run(
        SLIM + f"RUN apt-get update && apt-get install -y {NO} jq\n"
        "COPY a /a\n"
        f"RUN DEBIAN_FRONTEND=noninteractive apt-get install -y {NO} tzdata-legacy\n",
        None,
        NAME,
    )

    assert result.text == (
        SLIM + f"RUN apt-get update{AND}apt-get install -y {NO} jq{AND}{REMOVE}\n"
        "COPY a /a\n"
        f"RUN apt-get update{AND}DEBIAN_FRONTEND=noninteractive apt-get install -y "
        f"{NO} tzdata-legacy{AND}{REMOVE}\n"
    )
    assert levels(result) == {Level.STANDARD}


def test_a_stage_upon_it_gets_its_own_update() -> None:
    text = (
        "FROM python:3.12-slim-bookworm AS base\n"
        f"RUN apt-get update && apt-get install -y {NO} jq\n"
        "FROM base AS builder\n"
        "RUN apt-get install -y gcc\n"
        "FROM base\n"
        "COPY --from=builder /x /x\n"
    )
    result = run(text, None, NAME).text

    assert f"{NO} jq{AND}{REMOVE}\n" in result
    # Nobody ships the builder: its lists need not go.
    assert f"RUN apt-get update{AND}apt-get install -y gcc\n" in result


def test_an_update_at_the_end_is_for_nobody() -> None:
    assert hygienic("RUN echo x > /etc/x && apt-get update\n") == "RUN echo x > /etc/x\n"
    assert hygienic("COPY a /a\nRUN apt-get update\nCOPY b /b\n") == "COPY a /a\nCOPY b /b\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("RUN apt-get update || true\nRUN apt-get install {NO} jq\n", "unnoticed"),
        ("RUN apt-get update; true\nRUN apt-get install {NO} jq\n", "unnoticed"),
        ("RUN apt-get update\nRUN test -f x || apt-get install {NO} jq\n", "condition"),
        ("RUN apt-get update\nRUN if x; then apt-get install {NO} jq; fi\n", "condition"),
        (
            "RUN apt-get update\nRUN echo deb x > /etc/apt/sources.list.d/x.list\n"
            "RUN apt-get install {NO} jq\n",
            "sources",
        ),
        ("ARG O\nRUN apt-get update $O\nRUN apt-get install {NO} jq\n", "repeated"),
    ],
)
def test_updates_that_cannot_be_repeated(text: str, reason: str) -> None:
    source = SLIM + text.replace("{NO}", NO)
    result = run(source, None, NAME)

    assert result.text == source
    assert reason in reasons(result)


def test_a_pragma_on_one_install_keeps_all_lists() -> None:
    text = (
        "RUN apt-get update\n"
        f"RUN apt-get install {NO} jq\n"
        "# dockopt: ignore=apt-hygiene\n"
        f"RUN apt-get install {NO} tree\n"
    )

    assert hygienic(text) == text


# Recommends


def test_recommended_packages_are_left_out_with_their_bytes() -> None:
    result = run(
        SLIM + f"RUN apt-get update && apt-get install -y ffmpeg && {REMOVE}\n", None, NAME
    )
    (record,) = result.applied

    assert f"install -y {NO} ffmpeg" in result.text
    assert record.level is Level.STANDARD
    assert record.saves.count is not None
    assert record.saves.count > 10_000_000
    assert "bookworm" in record.saves.basis


@pytest.mark.parametrize(
    ("base", "packages", "reason"),
    [
        (SLIM, "gcc", "libc6-dev"),
        (SLIM, "python3-pip", "build-essential"),
        (DEBIAN, "curl", "ca-certificates"),
        (DEBIAN, "wget", "ca-certificates"),
        (SLIM, "git", "ssh"),
        (SLIM, "xvfb", "xauth"),
        (SLIM, "$PACKAGES", "variable"),
    ],
)
def test_recommended_packages_that_matter_stay(base: str, packages: str, reason: str) -> None:
    text = base + f"RUN apt-get update && apt-get install -y {packages} && {REMOVE}\n"
    result = run(text, None, NAME)

    assert result.text == text
    assert reason in reasons(result)


def test_certificates_that_are_there_need_no_recommendation() -> None:
    # curl depends on libcurl4, which recommends certificates and LDAP's settings.
    text = f"RUN apt-get update && apt-get install -y curl ca-certificates && {REMOVE}\n"
    earlier = f"RUN apt-get update && apt-get install -y ca-certificates && {REMOVE}\n"

    assert NO in hygienic(text, DEBIAN)
    later = f"RUN apt-get update && apt-get install -y curl && {REMOVE}\n"
    assert f"install -y {NO} curl" in hygienic(earlier + later, DEBIAN)


def test_a_program_that_is_called_later_keeps_its_package() -> None:
    # git recommends patch and less.
    install = f"RUN apt-get update && apt-get install -y git openssh-client && {REMOVE}\n"

    assert NO in hygienic(install)
    called = hygienic(install + "RUN patch -p1 < fix.diff\n")
    assert NO not in called


@pytest.mark.parametrize(
    "text",
    [
        "RUN apt-get install -y --install-recommends ffmpeg\n",
        "RUN apt-get -o APT::Install-Recommends=false install -y ffmpeg\n",
        "RUN echo 'APT::Install-Recommends \"0\";' > /etc/apt/apt.conf.d/x\n"
        "RUN apt-get install -y ffmpeg\n",
        "RUN aptitude install -y ffmpeg\n",
        "RUN apt-get remove -y ffmpeg\n",
    ],
)
def test_recommends_that_are_decided_elsewhere(text: str) -> None:
    assert hygienic(text) == text


def test_other_distributions_need_the_aggressive_level() -> None:
    text = UBUNTU + f"RUN apt-get update && apt-get install -y tree && {REMOVE}\n"

    standard = rewrite(text, select=NAME)
    assert standard.text == text
    assert standard.not_applied[0].flag == "--level aggressive"
    assert NO in rewrite(text, select=NAME, level="aggressive").text


def test_many_installs_in_one_run_are_done_at_once() -> None:
    steps = " && ".join(f"apt-get install -y {name}" for name in ("tree", "jq", "file", "pv", "bc"))
    text = UBUNTU + f"RUN apt-get update && {steps} && apt-get install -y nano less && {REMOVE}\n"
    result = rewrite(text, select=NAME, level="aggressive")

    assert result.text.count(NO) == 6
    assert not result.not_applied


def test_the_builder_keeps_its_recommends() -> None:
    text = (
        "FROM python:3.12-slim-bookworm AS builder\n"
        "RUN apt-get update && apt-get install -y ffmpeg\n"
        "FROM python:3.12-slim-bookworm\nCOPY --from=builder /x /x\n"
    )

    assert run(text, None, NAME).text == text


def test_the_option_goes_behind_those_of_the_install() -> None:
    assert f"apt-get install -qq -o A::B=c {NO} ffmpeg -y" in hygienic(
        f"RUN apt-get update && apt-get install -qq -o A::B=c ffmpeg -y && {REMOVE}\n"
    )


# Repetitions


def test_a_package_is_listed_once() -> None:
    head = f"RUN apt-get install -y {NO} \\\n    curl \\\n    # twice\n    git \\\n"

    assert hygienic(head + "    curl \\\n    jq\n") == head + "    jq\n"


def test_an_earlier_layer_has_it() -> None:
    text = (
        "FROM python:3.12-slim-bookworm AS base\n"
        f"RUN apt-get update && apt-get install {NO} -y jq && {REMOVE}\n"
        "FROM base\n"
        f"RUN apt-get update && apt-get install {NO} -y jq tree && {REMOVE}\n"
    )

    assert run(text, None, NAME).text.endswith(
        f"RUN apt-get update && apt-get install {NO} -y tree && {REMOVE}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"RUN apt-get install {NO} -y jq=1.6 jq\n",
        f"RUN apt-get install {NO} -y jq jq:i386\n",
        f"RUN apt-get install {NO} -y jq\nRUN apt-get install {NO} -y jq\n",
        f"RUN apt-get install {NO} -y jq\nRUN apt-get purge -y jq\n"
        f"RUN apt-get install {NO} -y jq tree\n",
        f"RUN apt-get install {NO} -y jq\nRUN apt-get install {NO} --reinstall jq tree\n",
        f"RUN if x; then apt-get install {NO} jq; fi\nRUN apt-get install {NO} jq tree\n",
        f"RUN apt-get install {NO} jq || true\nRUN apt-get install {NO} jq tree\n",
        f"RUN apt-get install {NO} -y $A jq $A\n",
    ],
)
def test_what_is_no_repetition(text: str) -> None:
    assert hygienic(text) == text
