from pathlib import Path

import pytest
from tests.transforms.rewriting import reasons, run, stage

BUILDER = (
    "FROM python:3.12-slim-bookworm AS builder\n"
    "RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask\n"
    "FROM python:3.12-slim-bookworm\n"
)
COPY = "COPY --from=builder /opt/venv /opt/venv\nCOPY . .\n"
NAME = ("runtime-packages",)


def runtime(tmp_path: Path, install: str, rest: str = "", **files: str) -> str:
    sources = {name.replace("__", "."): text for name, text in files.items()}
    return stage(
        run(BUILDER + install + COPY + rest, tmp_path, NAME, {"a.py": "", **sources}).text, ""
    )


def test_a_run_with_nothing_left_goes(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y cmake make && rm -rf /var/lib/apt/lists/*\n"

    assert "apt-get" not in runtime(tmp_path, install)


def test_development_packages_become_libraries(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y libpq-dev libxml2-dev tesseract-ocr\n"

    assert "install -y libpq5 libxml2 tesseract-ocr\n" in runtime(tmp_path, install)


@pytest.mark.parametrize(
    ("rest", "files"),
    [
        ("HEALTHCHECK CMD make check\n", {}),
        ('ENTRYPOINT ["make", "serve"]\n', {}),
        ('ENTRYPOINT ["/start.sh"]\n', {"start__sh": "#!/bin/sh\nexec make serve\n"}),
        ("", {"b__py": "import subprocess\nsubprocess.run(['make', 'x'])\n"}),
        ("", {"b__py": "import os\nos.system('make x')\n"}),
        ("", {"b__py": "from shutil import which\nwhich('make')\n"}),
    ],
)
def test_what_is_called_at_run_time_stays(tmp_path: Path, rest: str, files: dict[str, str]) -> None:
    install = "RUN apt-get update && apt-get install -y make\n"

    assert "install -y make\n" in runtime(tmp_path, install, rest, **files)


def test_everyday_words_are_no_calls(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y make\n"
    source = "import subprocess\nHELP = 'make it so'\nsubprocess.run(['ls'])\n"

    assert "make" not in runtime(tmp_path, install, "", b__py=source)


def test_a_stage_that_compiles_keeps_its_compiler(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y gcc libc6-dev\nRUN pip install cffi\n"
    result = run(BUILDER + install + COPY, tmp_path, NAME, {"a.py": ""})

    assert not result.changed
    assert "installs distributions" in reasons(result)


def test_code_that_compiles_at_run_time_keeps_the_compiler(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y gcc libc6-dev\n"

    assert "gcc" in runtime(tmp_path, install, "", b__py="model = torch.compile(model)\n")


@pytest.mark.parametrize(
    ("requirement", "keeps"), [("pytensor", True), ("deepspeed", True), ("torch", False)]
)
def test_a_requirement_that_compiles_at_run_time_keeps_the_compiler(
    tmp_path: Path, requirement: str, keeps: bool
) -> None:
    install = "RUN apt-get update && apt-get install -y gcc libc6-dev\n"
    text = BUILDER.replace("install flask", f"install {requirement}") + install + COPY
    result = run(text, tmp_path, NAME, {"a.py": ""})

    assert result.changed is not keeps
    assert (f"{requirement} calls a compiler when it runs" in reasons(result)) is keeps


def test_a_library_with_another_name_in_each_release_stays(tmp_path: Path) -> None:
    text = BUILDER + "RUN apt-get update && apt-get install -y libicu-dev\n" + COPY
    result = run(text.replace("-bookworm", ""), tmp_path, NAME, {"a.py": ""})

    assert not result.changed
    assert "libicu-dev stays" in reasons(result)


LIST = """\
# System packages
# - gcc, make: compile wheels
#   that have none
# - curl: health check
RUN apt-get update && apt-get install -y \\
    # for wheels
    gcc \\
    make \\
    # database
    libpq-dev \\
    # for the health check
    curl \\
    # for C++ code
    g++ \\
    # clean
    && rm -rf /var/lib/apt/lists/*
"""


def test_comments_about_packages_go_with_them(tmp_path: Path) -> None:
    text = BUILDER + LIST + COPY
    result = run(text, tmp_path, NAME, {"a.py": ""})

    assert (
        stage(result.text, "").partition("\n")[2]
        == (
            "# System packages\n# - curl: health check\nRUN apt-get update && apt-get install -y \\\n"
            "    # Libraries that compiled code may load\n    libatomic1 \\\n    libgomp1 \\\n"
            "    # database\n    libpq5 \\\n    # for the health check\n    curl \\\n"
            "    # clean\n    && rm -rf /var/lib/apt/lists/*\n"
        )
        + COPY
    )
    gone = {e.line for e in result.applied[0].evidence if e.text == "a comment about what goes"}
    assert gone == {text.split("\n").index(line) + 1 for line in (
        "# - gcc, make: compile wheels", "#   that have none", "    # for wheels", "    # for C++ code",
    )}  # fmt: skip


def test_comments_go_to_the_builder_that_installs_what_they_name(tmp_path: Path) -> None:
    builder = BUILDER.replace("RUN", "RUN apt-get update && apt-get install -y gcc make\nRUN", 1)
    result = run(builder + LIST + COPY, tmp_path, NAME, {"a.py": ""}).text

    assert (
        "# - gcc, make: compile wheels\n#   that have none\nRUN apt-get update"
        " && apt-get install -y gcc make\n"
    ) in result


@pytest.mark.parametrize(
    ("comment", "stays"),
    [
        ("# gcc compiles psycopg2", False),
        ("# we need gcc\n# for wheels", False),
        ("# gcc for wheels, curl for probes", True),
        ("# to make it work", True),
        ("# system packages", True),
        ("# hadolint ignore=DL3008\n# needs gcc", True),
        ("# gcc-12 is too old", True),
    ],
)
def test_a_comment_above_the_run(tmp_path: Path, comment: str, stays: bool) -> None:
    install = f"{comment}\nRUN apt-get update && apt-get install -y gcc make curl\n"

    assert (comment in runtime(tmp_path, install)) is stays


@pytest.mark.parametrize("image", ["python:3.10-slim-bullseye", "python:3.9.5-slim"])
def test_a_library_of_a_release_that_is_not_known_stays(tmp_path: Path, image: str) -> None:
    text = BUILDER.replace("python:3.12-slim-bookworm", image)
    text += f"RUN apt-get update && apt-get install -y gcc libffi-dev\n{COPY}"

    result = run(text, tmp_path, NAME, {"a.py": ""})

    assert "install -y libatomic1 libgomp1 libffi-dev\n" in stage(result.text, "")
    assert "libffi-dev stays: its runtime library is not known" in reasons(result)


def test_what_is_installed_under_a_condition_is_not_counted(tmp_path: Path) -> None:
    install = 'RUN if [ "$ARCH" = arm64 ]; then apt-get update && apt-get install -y gcc; fi\n'

    (change,) = run(BUILDER + install + COPY, tmp_path, NAME, {"a.py": ""}).applied

    assert change.saves.count is None
    assert "where the condition does not hold" in change.saves.basis


DEPENDENCIES = 'RUN DEPS="gcc libpq-dev make" && apt-get update && apt-get install -y $DEPS'


@pytest.mark.parametrize(
    ("install", "expected"),
    [
        (
            DEPENDENCIES + " curl",
            "RUN apt-get update && apt-get install -y libatomic1 libgomp1 libpq5 curl\n",
        ),
        (
            DEPENDENCIES.replace("make", "curl") + " && apt-get purge -y $DEPS",
            'RUN DEPS="curl" && apt-get update && apt-get install -y libatomic1 libgomp1 libpq5'
            " $DEPS && apt-get purge -y $DEPS\n",
        ),
        (
            "RUN apt-get update && DEPS=' \\\n    gcc \\\n    make \\\n    curl' \\\n"
            "    && apt-get install -y ${DEPS}",
            "RUN apt-get update && DEPS=' \\\n    curl' \\\n"
            "    && apt-get install -y libatomic1 libgomp1 ${DEPS}\n",
        ),
    ],
)
def test_a_variable_of_the_run_names_packages(tmp_path: Path, install: str, expected: str) -> None:
    assert expected in runtime(tmp_path, install + "\n")


@pytest.mark.parametrize(
    "install",
    [
        "RUN apt-get update && apt-get install -y $DEPS",
        'RUN DEPS="gcc $MORE" && apt-get install -y $DEPS',
        'RUN DEPS="gcc" && DEPS="make" && apt-get install -y $DEPS',
        'RUN [ -f x ] && DEPS="gcc"; apt-get install -y $DEPS',
        'RUN DEPS="gcc" && apt-get install -y $DEPS && echo $DEPS',
        'RUN DEPS="-y gcc" && apt-get install $DEPS',
        "RUN apt-get install -y $DEPS && DEPS=gcc",
    ],
)
def test_an_install_of_what_is_not_known_is_declined(tmp_path: Path, install: str) -> None:
    result = run(f"{BUILDER}{install}\n{COPY}", tmp_path, NAME, {"a.py": ""})

    assert not result.changed
    assert "which packages $DEPS names is not known" in reasons(result)


PASSING = (
    "RUN apt-get update && apt-get install -y gcc make && {build}apt-get purge -y {flags}gcc make"
)


def test_packages_that_the_run_removes_again_cost_nothing(tmp_path: Path) -> None:
    single = "FROM python:3.12-slim-bookworm\n" + PASSING + "\nCOPY . .\n"
    text = single.format(build="pip install flask && ", flags="--auto-remove ")
    result = run(text, tmp_path, NAME, {"a.py": ""})

    assert not result.changed
    assert "the RUN removes gcc, make again" in reasons(result)
    idle = run(BUILDER + PASSING.format(build="", flags="--auto-remove ") + "\n" + COPY,
               tmp_path, NAME, {"a.py": ""})  # fmt: skip
    assert idle.applied[0].saves.count == 0
    assert "make" not in stage(idle.text, "")


def test_what_a_removed_package_needed_stays_without_autoremove(tmp_path: Path) -> None:
    text = BUILDER + PASSING.format(build="", flags="") + "\n" + COPY
    (change,) = run(text, tmp_path, NAME, {"a.py": ""}).applied

    assert (change.saves.count or 0) > 50_000_000


def test_what_another_package_recommends_is_not_saved(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y {}python3-pip build-essential\n"
    with_recommends, without = (
        run(BUILDER + install.format(option) + COPY, tmp_path, NAME, {"a.py": ""}).applied
        for option in ("", "--no-install-recommends ")
    )

    assert not with_recommends
    assert (without[0].saves.count or 0) > 100_000_000


def test_a_pinned_package_is_known_by_name(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y make=4.3-* curl=$CURL\n"

    assert "install -y curl=$CURL\n" in runtime(tmp_path, install)


def test_images_built_upon_it_may_compile(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y gcc\nONBUILD RUN pip install a\n"

    assert "gcc" in runtime(tmp_path, install)


@pytest.mark.parametrize(
    ("commands", "stays"),
    [
        (
            "apk add --no-cache build-base=0.5-r1 curl libpq-dev",
            "so these stay: build-base=0.5-r1, libpq-dev",
        ),
        ("apk add --no-cache --virtual .b gcc && apk del .b", ""),
        ("apk add --no-cache curl make-up", ""),
    ],
)
def test_build_packages_of_alpine_are_only_reported(
    tmp_path: Path, commands: str, stays: str
) -> None:
    text = f"FROM python:3.12-alpine\nRUN {commands}\nRUN pip install flask\n"
    result = run(text, tmp_path, NAME, {"a.py": ""})

    assert not result.changed
    assert stays in reasons(result)
    assert bool(stays) is bool(reasons(result))


INSTALL = "RUN apt-get update && apt-get install -y gcc make curl\n"


@pytest.mark.parametrize(
    ("removal", "left"),
    [
        ("RUN apt-get purge -y --auto-remove gcc make\n", ""),
        (
            "RUN apt-get purge -y gcc && apt-get remove -y make curl\n",
            "RUN apt-get remove -y curl\n",
        ),
        ("RUN apt-get autoremove -y\n", "RUN apt-get autoremove -y\n"),
    ],
)
def test_a_later_run_does_not_remove_what_is_not_installed(
    tmp_path: Path, removal: str, left: str
) -> None:
    """apt fails for a package that it has never heard of."""
    found = runtime(tmp_path, INSTALL + removal)

    assert found.endswith(f"install -y libatomic1 libgomp1 curl\n{left}{COPY}")


@pytest.mark.parametrize(
    "removal", ["ls; apt-get purge -y gcc; ls", "apt-get purge -y $X", "apt-get purge -y 'gcc*'"]
)
def test_a_removal_that_cannot_be_taken_apart_keeps_the_packages(
    tmp_path: Path, removal: str
) -> None:
    result = run(f"{BUILDER}{INSTALL}RUN {removal}\n{COPY}", tmp_path, NAME, {"a.py": ""})

    assert not result.changed
    assert "line 5 removes packages, and would fail" in reasons(result)


def test_what_a_run_installs_for_nothing_is_not_installed(tmp_path: Path) -> None:
    steps = "apt-get update && apt-get install -y git libpq-dev && {}apt-get purge -y --auto-remove git libpq-dev"
    only, used = (
        runtime(tmp_path, f"RUN {steps.format(step)}\n") for step in ("", "git clone x && ")
    )

    assert "apt-get" not in only
    assert "install -y git && git clone x" in used
    assert "libpq5" not in used


@pytest.mark.parametrize(
    ("start", "files"),
    [
        ('CMD ["pip", "wheel", "-r", "requirements.txt"]\n', {}),
        ('ENTRYPOINT ["/start.sh"]\n', {"start__sh": "#!/bin/sh\npip install $EXTRA\nexec app\n"}),
        ('CMD ["python", "b.py"]\n', {"b__py": "call([exe, '-m', 'pip', 'install', x])\n"}),
    ],
)
def test_installs_at_run_time_keep_compilers(
    tmp_path: Path, start: str, files: dict[str, str]
) -> None:
    assert "gcc" in runtime(tmp_path, INSTALL, start, **files)


@pytest.mark.parametrize(
    ("start", "files"),
    [
        ('CMD ["python", "b.py"]\n', {"b__py": "raise SystemExit('pip install x first')\n"}),
        ('CMD ["python", "a.py"]\n', {"setup__sh": "#!/bin/sh\npip install -r dev.txt\n"}),
    ],
)
def test_words_about_installs_keep_nothing(
    tmp_path: Path, start: str, files: dict[str, str]
) -> None:
    assert "gcc" not in runtime(tmp_path, INSTALL, start, **files)


def test_what_another_package_recommends_is_not_said_to_go(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y build-essential libpq-dev python3-pip\n"

    result = run(BUILDER + install + COPY, tmp_path, NAME, {"a.py": ""})

    assert "install -y build-essential libpq5 python3-pip\n" in result.text
    assert "build-essential stays: python3-pip, which is installed as well, brings it" in reasons(
        result
    )


def test_what_is_only_recommended_and_left_out_goes(tmp_path: Path) -> None:
    install = (
        "RUN apt-get update && apt-get install -y --no-install-recommends build-essential "
        "python3-pip\n"
    )

    assert "build-essential" not in runtime(tmp_path, install)


def test_a_tag_without_a_release_may_mean_the_one_that_frees_less(tmp_path: Path) -> None:
    """libxml2-dev brings libicu-dev, 110 MB, in bookworm; in trixie it does not."""
    install = "RUN apt-get update && apt-get install -y --no-install-recommends libxml2-dev\n"
    named = BUILDER + install + COPY
    (bookworm,), (trixie,), (either,) = (
        run(named.replace("slim-bookworm", tag), tmp_path, NAME, {"a.py": ""}).applied
        for tag in ("slim-bookworm", "slim-trixie", "slim")
    )

    assert (bookworm.saves.count or 0) > 70_000_000 > (trixie.saves.count or 0)
    assert either.saves.count == trixie.saves.count
    assert either.saves.basis.endswith("trixie, the least of the releases that the tag may mean")


@pytest.mark.parametrize("text", ["from pymc import Model\n", "import deepspeed\n"])
def test_a_source_that_imports_what_compiles_keeps_the_compiler(tmp_path: Path, text: str) -> None:
    """Whatever the requirements are: those of a wheel folder, say, are not known."""
    assert "gcc" in runtime(tmp_path, INSTALL, model__py=text)
    assert "gcc" not in runtime(tmp_path, INSTALL, model__py="import flask\n")
