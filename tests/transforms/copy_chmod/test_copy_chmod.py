"""`copy-chmod`: which modes COPY can set, and which it cannot."""

from pathlib import Path

import pytest

from dockopt import rewrite
from dockopt.result import Rewrite

SLIM = "FROM python:3.12-slim\n"


def run(text: str, context: Path | None = None, assume: tuple[str, ...] = ()) -> Rewrite:
    return rewrite(text, select=["copy-chmod"], context=context, assume=assume)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("COPY run.sh /\nRUN chmod +x /run.sh", "COPY --chmod=755 run.sh /"),
        ("ADD run.sh /run.sh\nRUN chmod a+x /run.sh", "ADD --chmod=755 run.sh /run.sh"),
        ("COPY run.sh /bin\nRUN chmod 0755 /bin/run.sh", "COPY --chmod=0755 run.sh /bin"),
        (
            "WORKDIR /srv\nCOPY a.sh b.sh ./\nRUN chmod +x a.sh ./b.sh",
            "WORKDIR /srv\nCOPY --chmod=755 a.sh b.sh ./",
        ),
        (
            "COPY a.sh /\nCOPY b.sh /\nRUN chmod 700 /a.sh /b.sh",
            "COPY --chmod=700 a.sh /\nCOPY --chmod=700 b.sh /",
        ),
        (
            "COPY --from=b --chown=1:1 /out/tool /usr/bin/\nRUN chmod 755 /usr/bin/tool",
            "COPY --from=b --chown=1:1 --chmod=755 /out/tool /usr/bin/",
        ),
        (
            "COPY run.sh /\nRUN sed -i 's/\\r$//' /run.sh \\\n    && chmod +x /run.sh",
            "COPY --chmod=755 run.sh /\nRUN sed -i 's/\\r$//' /run.sh",
        ),
        (
            "COPY bin /srv/bin\nRUN chmod -R 755 /srv/bin",
            "COPY --chmod=755 bin /srv/bin",
        ),
        (
            "WORKDIR /srv/bin\nCOPY bin /srv/bin\nRUN chmod -R 755 /srv/bin",
            "WORKDIR /srv/bin\nCOPY --chmod=755 bin /srv/bin",
        ),
        (
            "COPY --chmod=755 run.sh /\nRUN chmod +x /run.sh",
            "COPY --chmod=755 run.sh /",
        ),
    ],
)
def test_mode_moves_to_the_copy(before: str, after: str) -> None:
    result = run(f"FROM x AS b\n{SLIM}{before}\n")

    assert result.text == f"FROM x AS b\n{SLIM}{after}\n"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("COPY run.sh /\nRUN chmod u+x /run.sh", "u+x"),
        ("COPY run.sh /\nRUN chmod 4755 /run.sh", "4755"),
        ("COPY --chmod=700 run.sh /\nRUN chmod 755 /run.sh", "--chmod=700"),
        ("COPY run.sh /opt/new/\nRUN chmod 600 /opt/new/run.sh", "may be made by the COPY"),
        ("COPY run /srv/\nRUN chmod +x /srv/run", "a file or a folder"),
        ("COPY --from=b /run.sh /\nRUN chmod +x /run.sh", "is not known"),
        ("COPY run.sh /\nRUN /run.sh && chmod 755 /run.sh", "before their mode"),
        ("COPY run.sh /srv/\nCOPY . /srv\nRUN chmod +x /srv/run.sh", "copy the files again"),
        ("ADD https://example.org/run.sh /\nRUN chmod +x /run.sh", "fetches"),
        ("COPY bin /srv/bin\nRUN make -C /srv/bin && chmod -R 755 /srv/bin", "before their mode"),
        ("COPY bin /srv/bin\nRUN cp /srv/bin/a /b && chmod -R 755 /srv/bin", "before their mode"),
        ("RUN touch /var/x\nCOPY bin /var/bin\nRUN chmod -R 755 /var", "may have files in /var"),
        ("RUN touch /app/x\nCOPY bin /app/bin\nRUN chmod -R 755 /app", "write to /app (touch)"),
        ("COPY . /\nCOPY bin /app\nRUN chmod -R 755 /app", "may copy files there too"),
        ("RUN useradd -d /app a\nCOPY bin /app\nRUN chmod -R 755 /app", "makes a home folder"),
        ("ARG D=/app\nCOPY b $D/b/\nRUN chmod -R 770 $D", "a variable may name folders in it"),
        ("COPY bin /srv/bin\nRUN chmod -R a+x /srv/bin", "differs from file to file"),
    ],
)
def test_declined(lines: str, expected: str) -> None:
    result = run(f"FROM x AS b\n{SLIM}{lines}\n")

    assert not result.changed
    assert expected in result.declined[0].reason


def test_a_tree_that_several_copies_fill() -> None:
    result = run(
        "FROM x AS b\n" + SLIM + "WORKDIR /app\nCOPY requirements.txt ./\n"
        "RUN apt-get install git && pip install -r requirements.txt\nCOPY app/ ./app/\nCOPY --from=b /site ./static\n"
        "RUN useradd -m app && \\\n    chown -R app:app /app && \\\n    chmod -R 755 /app\n"
    )

    assert result.text == (
        "FROM x AS b\n" + SLIM + "WORKDIR /app\nCOPY --chmod=755 requirements.txt ./\n"
        "RUN apt-get install git && pip install -r requirements.txt\n"
        "COPY --chmod=755 app/ ./app/\n"
        "COPY --from=b --chmod=755 /site ./static\n"
        "RUN useradd -m app && \\\n    chown -R app:app /app\n"
    )
    assert "pip install there, which leaves no files in the folder" in result.applied[0].because


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("COPY src /app/src", "COPY --chmod=777 src /app/src\nRUN chmod 777 /app /app/src"),
        (
            "COPY src /app/lib/src/\nCOPY run.sh /app/bin/run.sh",
            "COPY --chmod=777 src /app/lib/src/\nCOPY --chmod=777 run.sh /app/bin/run.sh\n"
            "RUN chmod 777 /app /app/bin /app/lib /app/lib/src",
        ),
        (
            "WORKDIR /app/x/y\nCOPY src /app",
            "WORKDIR /app/x/y\nCOPY --chmod=777 src /app\nRUN chmod 777 /app /app/x /app/x/y",
        ),
        (
            "RUN mkdir -p /app/logs\nCOPY src /app",
            "RUN mkdir -p /app/logs\nCOPY --chmod=777 src /app\nRUN chmod 777 /app /app/logs",
        ),
    ],
)
def test_folders_that_no_copy_gives_the_mode_to_are_named(before: str, after: str) -> None:
    assert run(f"{SLIM}{before}\nRUN chmod -R 777 /app\n").text == f"{SLIM}{after}\n"


def test_a_made_folder_may_have_any_mode() -> None:
    text = f"{SLIM}RUN mkdir -m 700 /app/logs\nCOPY src /app\nRUN chmod -R 755 /app\n"

    assert run(text).text == (
        f"{SLIM}RUN mkdir -m 700 /app/logs\nCOPY --chmod=755 src /app\nRUN chmod 755 /app/logs\n"
    )


def test_a_named_variable_stays_as_it_is() -> None:
    text = f"{SLIM}ENV HOME=/app\nWORKDIR $HOME\nCOPY . .\nRUN ls && chmod -R 775 $HOME\n"

    assert run(text).text == (
        f"{SLIM}ENV HOME=/app\nWORKDIR $HOME\nCOPY --chmod=775 . .\nRUN ls && chmod 775 $HOME\n"
    )


@pytest.mark.parametrize(
    "lines",
    [
        "COPY . /srv\nRUN chmod +x /srv/run.sh",
        "COPY bin/ /srv/\nRUN chmod +x /srv/run.sh",
        "COPY a.sh b.sh /srv/\nRUN chmod +x /srv/a.sh",
        "COPY *.sh /srv/\nRUN chmod +x /srv/a.sh",
        "RUN curl -o /x https://example.org && chmod +x /x",
        "COPY run.sh /\nRUN chmod +x /run.sh || true",
    ],
)
def test_nothing_to_say(lines: str) -> None:
    result = run(SLIM + lines + "\n")

    assert (result.changed, result.declined) == (False, ())


@pytest.mark.parametrize(
    ("syntax", "changes"),
    [
        ("docker/dockerfile:1", True),
        ("docker/dockerfile:1.4", True),
        ("docker/dockerfile:1.7-labs", True),
        ("docker/dockerfile", True),
        ("docker/dockerfile:1.1", False),
        ("docker/dockerfile:1.0-experimental", False),
        ("example.org/own:1", False),
    ],
)
def test_frontend_has_to_know_the_flag(syntax: str, changes: bool) -> None:
    text = f"# syntax={syntax}\n{SLIM}COPY run.sh /\nRUN chmod +x /run.sh\n"

    assert run(text).changed is changes


def test_builder_without_buildkit() -> None:
    result = run(SLIM + "COPY run.sh /\nRUN chmod +x /run.sh\n", assume=("legacy-builder",))

    assert not result.changed
    assert "BuildKit" in result.declined[0].reason


@pytest.mark.parametrize(("mode", "changes"), [(0o644, True), (0o755, True), (0o600, False)])
def test_mode_in_the_context_decides(tmp_path: Path, mode: int, changes: bool) -> None:
    (tmp_path / "run").write_text("#!/bin/sh\n")
    (tmp_path / "run").chmod(mode)
    result = run(SLIM + "COPY run /srv/\nRUN chmod +x /srv/run\n", tmp_path)

    assert result.changed is changes
    if changes:
        assert result.applied[0].saves.count == 10
        assert result.applied[0].evidence[-1].file == "run"


def test_a_folder_of_the_context_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "run.d").mkdir()
    result = run(SLIM + "COPY run.d /srv/run.d\nRUN chmod +x /srv/run.d\n", tmp_path)

    assert not result.changed
    assert "not a file" in result.declined[0].reason


@pytest.mark.parametrize(("steps", "count"), [("ls", 10), ("chown -R 1:1 /srv", 0)])
def test_bytes_that_a_change_of_owner_stores_anyway(tmp_path: Path, steps: str, count: int) -> None:
    (tmp_path / "run").write_text("#!/bin/sh\n")
    text = f"{SLIM}WORKDIR /srv/a\nCOPY . .\nRUN {steps} && chmod -R 755 /srv/a && ls\n"

    assert run(text, tmp_path).applied[0].saves.count == count
