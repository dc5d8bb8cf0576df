from pathlib import Path

import pytest
from tests.transforms.rewriting import SPLIT, reasons, run, stage

TEXT = (
    "FROM {image}\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n{rest}"
)


def rewritten(
    tmp_path: Path,
    requirements: str,
    *,
    image: str = "python:3.12-bookworm",
    rest: str = "",
    **files: str,
) -> str:
    text = TEXT.format(image=image, rest=rest)
    sources = {"requirements.txt": requirements, "app.py": "x = 1\n"}
    sources |= {name.replace("__", "."): content for name, content in files.items()}
    return run(text, tmp_path, SPLIT, sources).text


@pytest.mark.parametrize(
    ("image", "slim"),
    [
        ("python:3.12-bookworm", "python:3.12-slim-bookworm"),
        ("python:3.12", "python:3.12-slim"),
        ("python", "python:slim"),
        ("python:3.11.9-trixie", "python:3.11.9-slim-trixie"),
        ("docker.io/library/python:3.12", "docker.io/library/python:3.12-slim"),
    ],
)
def test_same_version_and_release(tmp_path: Path, image: str, slim: str) -> None:
    result = rewritten(tmp_path, "flask\n", image=image)

    assert stage(result, "").startswith(f"FROM {slim}\n")
    assert f"FROM {image} AS builder\n" in result


def test_a_version_from_an_argument_gets_its_suffix(tmp_path: Path) -> None:
    text = "ARG V=3.12\n" + TEXT.format(image="python:${V}", rest="")
    files = {"requirements.txt": "flask\n", "app.py": "x = 1\n"}

    assert "\nFROM python:${V}-slim\n" in run(text, tmp_path, SPLIT, files).text


def test_libraries_of_known_requirements_are_installed(tmp_path: Path) -> None:
    assert " libpq5 \\\n" in stage(rewritten(tmp_path, "psycopg2==2.9\n"), "")
    assert "libpq5" not in stage(rewritten(tmp_path, "psycopg2-binary==2.9\n"), "")


@pytest.mark.parametrize(
    ("requirements", "expected", "absent"),
    [
        ("python-ldap\n", "libldap-2.5-0", ""),
        ("fiona\n", "libexpat1", ""),
        # What a requirement requires counts as well.
        ("unstructured\n", "libmagic1", ""),
        ("dlt\n", "git", ""),
        # What the full image lacks too was never there.
        ("opencv-python\n", "libglib2.0-0", "libgl1"),
        ("pydub\ngdal\n", "", "apt-get"),
        # It goes on without git.
        ("streamlit\n", "", "apt-get"),
    ],
)
def test_what_requirements_use_of_the_full_image(
    tmp_path: Path, requirements: str, expected: str, absent: str
) -> None:
    last = stage(rewritten(tmp_path, requirements), "")

    assert last.startswith("FROM python:3.12-slim-bookworm\n")
    assert f" {expected} \\\n" in last or not expected
    assert absent not in last or not absent


@pytest.mark.parametrize(
    ("requirements", "options", "declined"),
    [
        ("lxml\n", "--no-binary lxml", "lxml is compiled by --no-binary"),
        ("lxml\n", "--no-binary :all:", "lxml is compiled"),
        ("lxml\n", "--no-binary=$WHAT", "lxml is compiled"),
        ("--no-binary :all:\nlxml\n", "", "lxml is compiled"),
        ("-r more.txt\n", "", "pillow is compiled"),
        ("lxml\n", "--no-binary flask", ""),
        ("flask\n", "--no-binary flask", ""),
        ("psycopg2\n", "--no-binary psycopg2", ""),
        ("lxml\n", "--no-binary :none:", ""),
    ],
)
def test_what_is_compiled_may_link_to_anything(
    tmp_path: Path, requirements: str, options: str, declined: str
) -> None:
    text = TEXT.format(image="python:3.12-bookworm", rest="")
    text = text.replace("pip install", f"pip install {options}".rstrip())
    files = {"requirements.txt": requirements, "more.txt": "pillow\n--no-binary pillow\n"}

    result = run(text, tmp_path, SPLIT, files | {"app.py": "x = 1\n"})

    assert ("FROM python:3.12-slim-bookworm" in result.text) is (not declined)
    assert declined in reasons(result)


@pytest.mark.parametrize("setting", ["PIP_NO_BINARY=lxml", "PIP_NO_BINARY=:all:"])
def test_a_variable_compiles_too(tmp_path: Path, setting: str) -> None:
    text = TEXT.format(image="python:3.12-bookworm", rest="").replace("\n", f"\nENV {setting}\n", 1)
    files = {"requirements.txt": "lxml\n", "app.py": "x = 1\n"}

    result = run(text, tmp_path, SPLIT, files)

    assert "slim" not in result.text
    assert "lxml is compiled by --no-binary" in reasons(result)


def test_the_library_of_an_installed_development_package_stays(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-bookworm\n"
        "RUN apt-get update && apt-get install -y libgdal-dev && rm -rf /var/lib/apt/lists/*\n"
        "COPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n"
    )
    files = {"requirements.txt": "gdal\n", "app.py": "x = 1\n"}

    last = stage(run(text, tmp_path, SPLIT, files).text, "")

    assert last.startswith("FROM python:3.12-slim-bookworm\n")
    assert "libgdal32" in last
    assert "libgdal-dev" not in last


def test_programs_that_commands_and_scripts_call_are_installed(tmp_path: Path) -> None:
    rest = "HEALTHCHECK CMD curl -f http://localhost/\n"
    source = "import subprocess\nsubprocess.check_output(['git', 'log'])\n"

    last = stage(rewritten(tmp_path, "flask\n", rest=rest, tool__py=source), "")

    assert " curl \\\n" in last
    assert " git \\\n" in last
    assert "wget" not in last


@pytest.mark.parametrize(
    ("requirements", "why"),
    [
        ("-r missing.txt\n", "not in the build context"),
        ("git+https://example.org/x.git\n", "URL"),
        ("dbus-python\n", "the libraries that dbus-python needs are not known"),
        ("crawl4ai\n", "playwright, which crawl4ai requires, needs are not known, as a browser"),
        # Its package is libldap-2.5-0 in one release and libldap2 in the next.
        ("python-ldap\n", "another name in each Debian release"),
    ],
)
def test_declines_where_needs_are_not_known(tmp_path: Path, requirements: str, why: str) -> None:
    files = {"requirements.txt": requirements, "app.py": "x = 1\n"}
    result = run(TEXT.format(image="python:3.12", rest=""), tmp_path, SPLIT, files)

    assert not result.changed
    assert why in reasons(result)


def test_tkinter_needs_the_full_image(tmp_path: Path) -> None:
    assert "slim" not in rewritten(tmp_path, "flask\n", gui__py="import tkinter\n")


def test_a_digest_is_left_alone(tmp_path: Path) -> None:
    image = "python:3.12@sha256:" + "0" * 64

    assert "slim" not in rewritten(tmp_path, "flask\n", image=image)


def test_git_keeps_its_way_to_remote_shells(tmp_path: Path) -> None:
    last = stage(rewritten(tmp_path, "flask\n", rest="RUN git config --global user.name a\n"), "")

    assert "        git \\\n        openssh-client \\\n" in last


@pytest.mark.parametrize("image", ["python:3.9.5", "python:3.10-bullseye", "python:3.11.3"])
def test_nothing_is_installed_on_a_release_whose_packages_are_not_known(
    tmp_path: Path, image: str
) -> None:
    files = {"requirements.txt": "psycopg2==2.9\n", "app.py": "x = 1\n"}

    result = run(TEXT.format(image=image, rest=""), tmp_path, SPLIT, files)

    assert not result.changed
    assert "libpq5, and the packages of its Debian release are not known" in reasons(result)


def test_an_old_release_that_needs_nothing_gets_its_slim_image(tmp_path: Path) -> None:
    last = stage(rewritten(tmp_path, "flask\n", image="python:3.10-bullseye"), "")

    assert last.startswith("FROM python:3.10-slim-bullseye\nCOPY")


COMPOSE = (
    "services:\n"
    "  app:\n"
    "    build: .\n"
    "    healthcheck:\n"
    "      test: [CMD, curl, -f, http://localhost/]\n"
    "    # git is for the developers, and a stream is no program\n"
    "    environment: {MODE: stream}\n"
)


def test_an_ignored_compose_file_still_says_what_is_called(tmp_path: Path) -> None:
    files = {".dockerignore": "compose*.yaml\n", "requirements.txt": "flask\n", "app.py": "x = 1\n"}

    result = run(
        TEXT.format(image="python:3.12", rest=""),
        tmp_path,
        SPLIT,
        {**files, "compose.yaml": COMPOSE},
    )

    last = stage(result.text, "")
    assert " curl \\\n    && rm" in last
    assert "git" not in last
    assert "imagemagick" not in last


def test_a_compose_file_above_the_context_counts_within_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "docker-compose.yml").write_text(COMPOSE, encoding="utf-8")
    (tmp_path / "backend").mkdir()
    files = {"requirements.txt": "flask\n", "app.py": "x = 1\n"}

    result = run(TEXT.format(image="python:3.12", rest=""), tmp_path / "backend", SPLIT, files)

    assert " curl \\\n" in stage(result.text, "")
    (change,) = (c for c in result.applied if c.transform == "retarget-runtime")
    assert any("../docker-compose.yml calls it" in e.text for e in change.evidence)


def test_a_probe_of_kubernetes_counts(tmp_path: Path) -> None:
    probe = (
        "apiVersion: apps/v1\n"
        "kind: Deployment\n"
        "spec: {template: {spec: {containers: [{livenessProbe: {exec: {command: [curl, -f, x]}}}]}}}\n"
    )
    files = {"requirements.txt": "flask\n", "app.py": "x = 1\n", "deploy/app.yaml": probe}

    result = run(TEXT.format(image="python:3.12", rest=""), tmp_path, SPLIT, files)

    assert " curl \\\n" in stage(result.text, "")


def test_images_built_upon_it_may_compile(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12\nONBUILD COPY requirements.txt .\n"
        "ONBUILD RUN pip install -r requirements.txt\n"
    )
    result = run(text, tmp_path, ("retarget-runtime",), {"a.py": ""})

    assert not result.changed
    assert "line 2 is for images built upon it" in reasons(result)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN apt-get purge -y imagemagick && ls\n", "RUN ls\n"),
        ("RUN apt-get purge -y imagemagick\n", ""),
        (
            "RUN apt-get install -y jq && apt-get remove -y imagemagick jq\n",
            "RUN apt-get install -y jq && apt-get remove -y jq\n",
        ),
        ("RUN apt-get remove -y perl-base\n", "RUN apt-get remove -y perl-base\n"),
    ],
)
def test_what_the_slim_image_lacks_is_not_removed(tmp_path: Path, before: str, after: str) -> None:
    text = f"FROM python:3.12-bookworm\n{before}COPY a.py .\n"
    result = run(text, tmp_path, ("retarget-runtime",), {"a.py": ""}).text

    assert result == f"FROM python:3.12-slim-bookworm\n{after}COPY a.py .\n"


def test_a_removal_that_cannot_be_taken_apart_is_an_obstacle(tmp_path: Path) -> None:
    text = "FROM python:3.12\nRUN ls; apt-get purge -y imagemagick; ls\nCOPY a.py .\n"
    result = run(text, tmp_path, ("retarget-runtime",), {"a.py": ""})

    assert not result.changed
    assert "line 2 removes imagemagick" in reasons(result)


@pytest.mark.parametrize(
    ("command", "unknown"),
    [
        ("./build.sh", "./build.sh"),
        ("bash tools/build.sh", "tools/build.sh"),
        ("sh -c 'x y'", "sh -c"),
        ("git clone https://example.org/x && ./x/bin/install-x -y", "./x/bin/install-x"),
        ("x/setup", "x/setup"),
        ("/srv/run --all", "/srv/run"),
        ("dpkg -i /srv/x.deb", "dpkg -i"),
        ("/usr/local/bin/python -V && $HOME/.cargo/bin/x", ""),
        ("./known.sh", ""),
        ("sh /srv/known.sh && . /opt/venv/bin/activate", ""),
    ],
)
def test_a_script_that_is_not_there_may_need_the_full_image(
    tmp_path: Path, command: str, unknown: str
) -> None:
    files = {"a.py": "", "known.sh": "#!/bin/sh\necho done\n"}
    text = f"FROM python:3.12\nCOPY . /srv\nRUN {command}\n"
    result = run(text, tmp_path, ("retarget-runtime",), files)

    assert result.changed is not bool(unknown)
    assert bool(unknown) is (f"line 3 runs {unknown}, " in reasons(result))


def test_an_image_that_builds_when_it_starts_stays(tmp_path: Path) -> None:
    text = 'FROM python:3.12\nCOPY . .\nCMD ["pip", "wheel", "."]\n'
    result = run(text, tmp_path, ("retarget-runtime",), {"a.py": ""})

    assert not result.changed
    assert "CMD installs distributions at run time" in reasons(result)


@pytest.mark.parametrize(
    ("start", "unknown"),
    [
        ('ENTRYPOINT ["/entry.sh"]', "ENTRYPOINT runs /entry.sh"),
        ("CMD ./start --now", "CMD runs ./start"),
        ("HEALTHCHECK CMD /check.sh", "HEALTHCHECK runs /check.sh"),
        ('ENTRYPOINT ["/srv/known.sh"]', ""),
        ('CMD ["/opt/venv/bin/gunicorn", "a:b"]', ""),
        ("CMD python a.py", ""),
    ],
)
def test_a_start_script_that_is_not_there(tmp_path: Path, start: str, unknown: str) -> None:
    files = {"a.py": "", "known.sh": "#!/bin/sh\necho done\n"}
    text = f"FROM python:3.12\nCOPY . /srv\n{start}\n"
    result = run(text, tmp_path, ("retarget-runtime",), files)

    assert result.changed is not bool(unknown)
    assert unknown in reasons(result)


def test_the_lock_file_tells_what_an_exported_list_needs(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-bookworm AS exporting\n"
        "WORKDIR /tmp\n"
        "RUN pip install poetry poetry-plugin-export\n"
        "COPY pyproject.toml poetry.lock ./\n"
        "RUN poetry export -f requirements.txt -o requirements.txt\n"
        "FROM python:3.12-bookworm\n"
        "WORKDIR /srv\n"
        "COPY --from=exporting /tmp/requirements.txt ./\n"
        "RUN pip install -r requirements.txt\n"
        "COPY main.py ./\n"
        'CMD ["python", "main.py"]\n'
    )
    files = {
        "pyproject.toml": '[tool.poetry]\nname = "shop"\n',
        "poetry.lock": '[[package]]\nname = "psycopg2"\nversion = "2.9.10"\n',
        "main.py": "import psycopg2\n",
    }

    result = run(text, tmp_path, SPLIT, files).text

    assert "FROM python:3.12-slim-bookworm\n" in result
    assert "libpq5" in stage(result, "")


@pytest.mark.parametrize(
    ("line", "called"),
    [
        ("Give the host as host:port, or a file of hosts", ()),
        ("as -o a.o a.s", ("binutils",)),
        ("x && exec file a.bin", ("file",)),
        ("y=$(file -b a.bin)", ("file",)),
        ("/usr/bin/as -o a.o a.s", ("binutils",)),
    ],
)
def test_plain_words_of_a_script_that_cannot_be_read(
    tmp_path: Path, line: str, called: tuple[str, ...]
) -> None:
    script = (
        f"#!/bin/bash\nusage() {{\n  cat <<END >&2\n{line}\nEND\n}}\n[[ $1 = (a|b ]] || usage\n"
    )
    result = stage(rewritten(tmp_path, "flask\n", start__sh=script), "")

    assert result.startswith("FROM python:3.12-slim-bookworm\n")
    assert tuple(p for p in ("binutils", "file") if f" {p} \\\n" in result) == called
