"""Edges of conda-clean."""

import pytest
from tests.transforms.rewriting import reasons, run

HEAD = "FROM continuumio/miniconda3\n"


def cleaned(text: str) -> str:
    return run(HEAD + text, None, ("conda-clean",)).text.removeprefix(HEAD)


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("RUN conda install -y numpy\n", "conda"),
        ("RUN /opt/conda/bin/conda install -y numpy\n", "/opt/conda/bin/conda"),
        ("RUN micromamba create -n x -f lock.yml\n", "micromamba"),
        ("RUN conda env update -n base -f environment.yml\n", "conda"),
        ("RUN apt-get update && conda install -y a && echo done\n", "conda"),
    ],
)
def test_the_tool_that_installed_cleans(text: str, tool: str) -> None:
    after = cleaned(text)

    assert after.endswith(f"    && {tool} clean --all --yes\n")


def test_a_chain_keeps_its_layout() -> None:
    text = "RUN conda config --add channels conda-forge && \\\n    conda install -y numpy\n"

    assert cleaned(text) == text.rstrip() + " && \\\n    conda clean --all --yes\n"


@pytest.mark.parametrize(
    "text",
    [
        "RUN conda install -y numpy && conda clean -a\n",
        "RUN conda install -y numpy && rm -rf /opt/conda/pkgs\n",
        "RUN conda activate x\n",
        "RUN conda config --set always_yes yes\n",
        "RUN pip install conda-lock\n",
        "RUN --mount=type=cache,target=/opt/conda/pkgs conda install -y numpy\n",
    ],
)
def test_nothing_to_clean(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("RUN conda install -y a; echo x\n", "goes on"),
        ("RUN conda install -y a || true\n", "goes on"),
        ("RUN if true; then conda install -y a; fi\n", "under a condition"),
        ("RUN sudo conda install -y a\n", "through another program"),
        ("RUN conda install -y a\nRUN conda create --offline -n b a\n", "from the cache"),
        ("RUN conda config --set always_softlink true && conda install -y a\n", "link to it"),
    ],
)
def test_declines(text: str, why: str) -> None:
    result = run(HEAD + text, None, ("conda-clean",))

    assert not result.changed
    assert why in reasons(result)


def test_an_old_image_may_not_know_the_option() -> None:
    text = "FROM continuumio/miniconda3:4.1.11\nRUN conda install -y a\n"

    assert "may be older" in reasons(run(text, None, ("conda-clean",)))


@pytest.mark.parametrize(
    ("setup", "changed"),
    [
        ("FROM debian\nRUN sh Miniconda3-latest-Linux-x86_64.sh -b -p /opt/conda\n", True),
        ("FROM debian\nRUN sh Miniconda3-py39_4.12.0-Linux-x86_64.sh -b -p /opt/conda\n", True),
        ("FROM debian\nRUN sh Miniconda2-4.0.5-Linux-x86_64.sh -b -p /opt/conda\n", False),
        ("FROM condaforge/mambaforge:23.1\n", True),
        ("FROM somebody/science\n", False),
    ],
)
def test_only_a_conda_that_knows_the_option(setup: str, changed: bool) -> None:
    assert run(setup + "RUN conda install -y a\n", None, ("conda-clean",)).changed is changed


def test_a_builder_is_thrown_away() -> None:
    text = HEAD + "RUN conda install -y a\nFROM debian\nCOPY --from=0 /opt/conda /opt/conda\n"

    assert not run(text, None, ("conda-clean",)).changed
