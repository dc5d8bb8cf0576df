"""`copy-chown`: what it takes apart, and what it leaves alone."""

from pathlib import Path

import pytest

from dockopt import rewrite
from dockopt.report.outline import bytes_of
from dockopt.result import Rewrite
from dockopt.transform import Level

SLIM = "FROM python:3.12-slim\n"


def run(text: str, context: Path | None = None) -> Rewrite:
    return rewrite(text, select=["copy-chown"], context=context)


def reason(text: str, context: Path | None = None) -> str:
    result = run(text, context)
    assert not result.changed
    assert len(result.declined) == 1, result.not_applied
    return result.declined[0].reason


def test_user_folders_and_comments_move_together() -> None:
    text = SLIM + (
        "WORKDIR /srv/shop\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n\n"
        "# the code\nCOPY . .\n\n# nobody runs as root\n"
        "RUN groupadd -r shop && useradd -r -g shop shop \\\n    && mkdir -p /srv/shop/logs \\\n"
        "    && chown -R shop:shop /srv/shop\n\nUSER shop\n"
    )
    result = run(text)

    assert result.text == SLIM + (
        "WORKDIR /srv/shop\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n\n"
        "# nobody runs as root\n"
        "RUN groupadd -r shop && useradd -r -g shop shop \\\n    && mkdir -p /srv/shop/logs \\\n"
        "    && chown shop:shop /srv/shop /srv/shop/logs\n\n"
        "# the code\nCOPY --chown=shop:shop . .\n\nUSER shop\n"
    )
    assert result.applied[0].level is Level.STANDARD
    assert "pip install" in result.applied[0].because


@pytest.mark.parametrize(
    ("image", "folder", "later"),
    [
        ("python:3.12-slim", "/srv", "chown www-data /srv"),
        ("debian:bookworm", "/srv/", "chown www-data /srv/"),
        # Some images have files there, so these are looked for.
        ("python:3.12-slim", "/opt", "find /opt ! -user www-data -exec chown -h www-data {} +"),
    ],
)
def test_a_folder_that_base_images_bring_empty(image: str, folder: str, later: str) -> None:
    start, end = f"FROM {image}\nWORKDIR {folder}\n", "USER www-data\n"
    result = run(f"{start}COPY . .\nRUN chown -R www-data {folder}\n{end}")

    assert result.text == f"{start}COPY --chown=www-data:root . .\nRUN {later}\n{end}"


def test_environment_is_named_as_what_is_stored_twice() -> None:
    text = SLIM + (
        "RUN useradd app\nWORKDIR /srv/app\nCOPY --from=b /opt/venv /opt/venv\nCOPY src/ src/\n"
        "COPY run.sh /run.sh\nRUN mkdir -p logs && \\\n"
        "    chown -R app:app /srv/app /opt/venv /home/app\nUSER app\n"
    )
    result = run("FROM x AS b\n" + text)

    assert result.text == "FROM x AS b\n" + SLIM + (
        "RUN useradd app\nWORKDIR /srv/app\nCOPY --from=b --chown=app:app /opt/venv /opt/venv\n"
        "COPY --chown=app:app src/ src/\nCOPY run.sh /run.sh\nRUN mkdir -p logs && \\\n"
        "    chown -R app:app /home/app && \\\n    chown app:app /srv/app /srv/app/logs\nUSER app\n"
    )
    assert result.applied[0].title == (
        "Own files at COPY: `chown -R` stores /opt/venv a second time"
    )
    assert result.applied[0].saves.count is None
    assert "a second time" in result.applied[0].saves.basis


@pytest.mark.parametrize(
    ("owner", "flag", "test"),
    [
        ("me:us", "me:us", r"\( ! -user me -o ! -group us \)"),
        ("me", "me:root", "! -user me"),
        ("1000:0", "1000:0", r"\( ! -user 1000 -o ! -group 0 \)"),
    ],
)
def test_find_looks_for_what_a_command_left(owner: str, flag: str, test: str) -> None:
    text = SLIM + (
        "RUN groupadd us && useradd me\nWORKDIR /srv/app\nCOPY . .\n"
        f"RUN python manage.py collectstatic\nENV A=1\nRUN chown -R {owner} /srv/app\n"
    )

    assert run(text).text == SLIM + (
        f"RUN groupadd us && useradd me\nWORKDIR /srv/app\nCOPY --chown={flag} . .\n"
        f"RUN python manage.py collectstatic\nENV A=1\n"
        f"RUN find /srv/app {test} -exec chown -h {owner} {{}} +\n"
    )


def test_login_group_is_written_out() -> None:
    text = SLIM + "RUN useradd -g us me\nCOPY . /srv/app\nRUN chown -R me: /srv/app\n"

    assert run(text).text == SLIM + "RUN useradd -g us me\nCOPY --chown=me:us . /srv/app\n"


def test_step_of_a_longer_run_moves_alone() -> None:
    text = SLIM + (
        "WORKDIR /srv/app\nCOPY . .\nRUN rm -rf /tmp/* \\\n    # the user\n"
        "    && useradd app \\\n    && chown -R app:app /srv/app \\\n    && ls\n"
    )

    assert run(text).text == SLIM + (
        "WORKDIR /srv/app\n# the user\nRUN useradd app\nCOPY --chown=app:app . .\n"
        "RUN rm -rf /tmp/* \\\n    && chown app:app /srv/app \\\n    && ls\n"
    )


def test_arguments_name_user_and_folder() -> None:
    text = "FROM debian:12\nARG WHO=app\nARG TO=/srv/app\nCOPY . $TO\n" + (
        'RUN useradd -U "$WHO" && chown -R ${WHO}:${WHO} $TO\n'
    )

    assert run(text).text == (
        'FROM debian:12\nARG WHO=app\nARG TO=/srv/app\nRUN useradd -U "$WHO"\n'
        "COPY --chown=${WHO}:${WHO} . $TO\n"
    )


def test_copy_that_has_the_owner_already() -> None:
    text = SLIM + (
        "RUN useradd app\nWORKDIR /srv/app\nCOPY --chown=app:app . .\nRUN chown -R app:app .\n"
    )

    assert run(text).text == text.replace("RUN chown -R app:app .", "RUN chown app:app .")


def test_root_owns_what_is_copied_anyway() -> None:
    text = SLIM + "COPY --from=b /opt/venv /opt/venv\nRUN chown -R root:root /opt/venv\n"

    assert run("FROM x AS b\n" + text).text == "FROM x AS b\n" + SLIM + (
        "COPY --from=b /opt/venv /opt/venv\n"
    )


def test_group_alone() -> None:
    text = SLIM + "COPY . /srv/app\nRUN chgrp -R users /srv/app\n"

    assert run(text).text == SLIM + "COPY --chown=root:users . /srv/app\n"


def test_lone_runs_are_not_left_beside_each_other() -> None:
    text = SLIM + (
        "WORKDIR /srv/app\nCOPY . .\nRUN python manage.py collectstatic\n# owner\n"
        "RUN useradd app && chown -R app:app /srv/app\n"
    )

    assert run(text).text == SLIM + (
        "WORKDIR /srv/app\n# owner\nRUN useradd app\nCOPY --chown=app:app . .\n"
        "RUN python manage.py collectstatic \\\n"
        "    && find /srv/app \\( ! -user app -o ! -group app \\) -exec chown -h app:app {} +\n"
    )


def test_bytes_are_those_of_the_copied_files(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("a" * 700)
    (tmp_path / "b.txt").write_text("b" * 50)
    (tmp_path / ".dockerignore").write_text("b.txt\n")
    text = SLIM + "RUN useradd app\nCOPY . /srv/app\nRUN chown -R app:app /srv/app\n"
    result = run(text, tmp_path)

    assert result.changed
    saved = result.applied[0].saves.count
    assert saved == 700 + len("b.txt\n")


@pytest.mark.parametrize(
    ("staged", "count", "basis", "told"),
    [
        (
            "COPY --from=b /opt/venv ./venv\nCOPY a.py ./",
            700,
            "size of the copied file in the build context; ./venv on top, whose size needs",
            "as large as ./venv itself, which a build tells, and about 700 bytes",
        ),
        (
            "COPY a.py ./\nCOPY --from=b /site.css static/site.css",
            700,
            "size of the copied file in the build context; static/site.css on top, whose size",
            "about 700 bytes",
        ),
        ("COPY --from=b /v ./v", None, "./v a second time, whose size", "as large as ./v itself"),
    ],
)
def test_each_of_several_sizes_is_told(
    tmp_path: Path, staged: str, count: int | None, basis: str, told: str
) -> None:
    (tmp_path / "a.py").write_text("a" * 700)
    text = f"FROM x AS b\n{SLIM}WORKDIR /app\n{staged}\nRUN chown -R 1:1 /app\n"
    (record,) = run(text, tmp_path).applied

    assert record.saves.count == count
    assert basis in record.saves.basis
    assert told in bytes_of(record)


def test_every_line_ending_and_escape_is_kept() -> None:
    text = (
        "# escape=`\r\nFROM python:3.12-slim\r\nWORKDIR /srv/app\r\nCOPY . .\r\n"
        "RUN useradd app `\r\n    && chown -R app:app /srv/app\r\n"
    )

    assert run(text).text == (
        "# escape=`\r\nFROM python:3.12-slim\r\nWORKDIR /srv/app\r\nRUN useradd app `\r\n"
        "    && chown app:app /srv/app\r\nCOPY --chown=app:app . .\r\n"
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "RUN apt-get update && apt-get install -y nginx\nRUN chown -R nginx:nginx /srv/app",
            "may be what makes nginx",
        ),
        (
            "RUN id app || useradd app\nRUN useradd web && chown -R app:app /srv/app",
            "may be what makes app",
        ),
        (
            "RUN id app || useradd app\nRUN useradd web && chown -R web:web /srv/app",
            "only under a condition",
        ),
        ("RUN apt-get install -y adduser && adduser app && chown -R app:app /srv/app", "packages"),
        ("RUN --network=none useradd app && chown -R app:app /srv/app", "options"),
        ("RUN <<EOF\nset -e\nuseradd app\nchown -R app:app /srv/app\nEOF", "here-document"),
        ("USER 1000\nRUN chown -R app:app /srv/app", "not run by root"),
        ("VOLUME /srv/app/data\nRUN useradd app && chown -R app:app /srv/app", "volume"),
        ("RUN useradd -d /srv/app app && chown -R app:app /srv/app", "home folder"),
        ("ARG WHO=app\nRUN useradd $WHO && chown -R $WHO:$WHO /srv/app", "$WHO is not set"),
        (
            "COPY x /srv/app/x\nRUN useradd app && chown -R app:app /srv/app /srv/app/x",
            "twice",
        ),
        ("RUN useradd app && chown -R app:app /srv/app && chmod -R g+w /srv/app", "chmod -R"),
        (
            "WORKDIR /srv/app\nRUN npm ci\nRUN useradd app && chown -R app:app /srv/app",
            "works as the owner",
        ),
        ("RUN apt-get install git\nRUN pip install -e /srv/app\nRUN chown -R 1:1 /srv/app", "git"),
        ("RUN useradd -N app && chown -R app: /srv/app", "logs in with"),
    ],
)
def test_declined(lines: str, expected: str) -> None:
    assert expected in reason(SLIM + f"COPY . /srv/app\n{lines}\n")


def test_a_file_beside_the_folder_does_not_count() -> None:
    text = SLIM + "RUN useradd app\nCOPY . /srv/app\nCOPY start.sh /\nRUN chown -R app: /srv/app\n"

    assert "find" not in run(text).text
    assert "COPY --chown=app:app . /srv/app\n" in run(text).text
    assert "find" in run(text.replace("start.sh", "start")).text


def test_comments_go_with_the_steps_they_are_about() -> None:
    text = SLIM + (
        "WORKDIR /srv/app\nCOPY src .\nRUN ls \\\n    # the user\n    && useradd app \\\n"
        "    # its files\n    && chown -R app:app /srv/app/src \\\n"
        "    # the list\n    && ls -l\n"
    ).replace("COPY src .", "COPY src ./src")
    result = run(text)

    assert result.text == SLIM + (
        "WORKDIR /srv/app\n# the user\nRUN useradd app\nCOPY --chown=app:app src ./src\n"
        "RUN ls \\\n    # the list\n    && ls -l\n"
    )


@pytest.mark.parametrize(
    ("copy", "expected"),
    [
        ("COPY --chown=web:web . /srv/app", "--chown=web:web"),
        ("COPY --link . /srv/app", "--link"),
        ("ADD site.tar.gz /srv/app", "unpacks"),
    ],
)
def test_copies_that_cannot_be_changed(copy: str, expected: str) -> None:
    text = SLIM + f"RUN useradd app\n{copy}\nRUN chown -R app:app /srv/app\n"

    assert expected in reason(text)


def test_folder_that_another_argument_names() -> None:
    text = SLIM + "ARG TO=/srv/app\nCOPY . /srv/app\nRUN useradd app && chown -R app:app $TO\n"

    assert "build argument" in reason(text)


@pytest.mark.parametrize(
    "lines",
    [
        "RUN mkdir /data && useradd app && chown -R app:app /data",
        "COPY . /srv/app\nRUN useradd app && chown app:app /srv/app",
        "COPY . /srv/app\nRUN chown -R app:app /srv/app || true",
        "COPY . /srv/app\nRUN useradd app; chown -R app:app /srv/app",
        "COPY nginx.conf /etc/nginx/\nRUN chown -R www-data:www-data /etc/nginx",
    ],
)
def test_nothing_to_say(lines: str) -> None:
    result = run(SLIM + lines + "\n")

    assert (result.changed, result.declined, result.not_applied) == (False, (), ())


def test_builder_stage_is_left_alone() -> None:
    text = (
        "FROM python:3.12 AS b\nRUN useradd app\nCOPY . /srv/app\nRUN chown -R app:app /srv/app\n"
        "FROM python:3.12-slim\nCOPY --from=b /srv/app /srv/app\n"
    )

    assert not run(text).changed
