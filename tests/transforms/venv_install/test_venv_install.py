from pathlib import Path

import pytest
from tests.transforms.rewriting import APP, SPLIT, reasons, run, stage

HEAD = (
    "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y gcc\nCOPY requirements.txt .\n"
)
INSTALL = "RUN pip install -r requirements.txt\n"


def test_commands_find_the_environment_by_path(tmp_path: Path) -> None:
    text = HEAD + "RUN /usr/local/bin/pip install --user -r requirements.txt\nCOPY . .\n"

    builder = stage(run(text, tmp_path, SPLIT, APP).text, "builder")

    assert "RUN python -m venv /opt/venv\n" in builder
    assert 'ENV PATH="/opt/venv/bin:$PATH"\n' in builder
    assert "RUN pip install -r requirements.txt\n" in builder


def test_uv_is_told_by_a_variable(tmp_path: Path) -> None:
    text = HEAD + "RUN pip install uv\nRUN uv pip install --system -r requirements.txt\nCOPY . .\n"

    result = run(text, tmp_path, SPLIT, APP).text

    builder = stage(result, "builder")
    assert 'ENV VIRTUAL_ENV=/opt/venv PATH="/opt/venv/bin:$PATH"\n' in builder
    assert "RUN uv pip install -r requirements.txt\n" in builder
    assert builder.index("pip install uv") < builder.index("-m venv"), "uv stays out of the venv"
    assert "uv pip" not in stage(result, "")


def test_packages_of_a_user_are_copied_as_environment(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim AS build\n"
        "COPY requirements.txt .\n"
        "RUN pip install --user -r requirements.txt\n"
        "FROM python:3.12-slim\n"
        "COPY --from=build --chown=1000:1000 /root/.local /home/app/.local\n"
        "COPY . .\n"
        'CMD ["flask", "run"]\n'
    )

    result = run(text, tmp_path, ("venv-install", "prune-venv"), APP).text

    assert "COPY --from=build --chown=1000:1000 /opt/venv /opt/venv\n" in stage(result, "")
    assert "RUN pip install -r requirements.txt\n" in stage(result, "build")
    assert ".local" not in result


def test_site_packages_and_scripts_become_one_copy(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim AS build\n"
        "COPY requirements.txt .\n"
        "RUN pip install -r requirements.txt\n"
        "FROM python:3.12-slim\n"
        "COPY --from=build /usr/local/lib/python3.12/site-packages "
        "/usr/local/lib/python3.12/site-packages\n"
        "COPY --from=build /usr/local/bin /usr/local/bin\n"
        "COPY . .\n"
    )

    last = stage(run(text, tmp_path, ("venv-install", "prune-venv"), APP).text, "")

    assert last.count("COPY --from=build") == 1
    assert "COPY --from=build /opt/venv /opt/venv\n" in last


@pytest.mark.parametrize(
    ("rest", "files", "why"),
    [
        ('CMD ["/usr/local/bin/flask", "run"]\n', {}, "names /usr/local/bin/flask"),
        ("RUN sed -i s/a/b/ /usr/local/lib/python3.12/site-packages/x.py\n", {}, "site-packages"),
        ("ENV PATH=/usr/bin:/bin\n", {}, "PATH drops"),
        ("ENV PYTHONPATH=/usr/local/lib/python3.12/site-packages\n", {}, "site-packages"),
        ("RUN poetry install\n", {}, "is installed in editable form"),
        ("RUN conda install -y numpy\n", {}, "uses conda"),
        ("RUN python setup.py develop\n", {}, "calls setup.py"),
        ("RUN apt-get update && apt-get install -y cron\n", {}, "installs cron"),
        ("COPY jobs /etc/cron.d/jobs\n", {"jobs": "* * * * * root flask x\n"}, "sets up cron"),
        ("RUN pip install -e .\n", {}, "editable"),
        ("RUN pip install -t /libs six\n", {}, "folder of its own"),
        ("RUN pip install --no-build-isolation six\n", {}, "builds with what the image brings"),
        ('CMD ["su", "-", "app", "-c", "flask run"]\n', {}, "login shell"),
        ('ENTRYPOINT ["/run.sh"]\n', {"run.sh": "#!/bin/sh\ncrond -f\n"}, "cron"),
        ('ENTRYPOINT ["/run.sh"]\n', {"run.sh": "#!/bin/sh\n/usr/local/bin/python x\n"}, "run.sh"),
        (
            "",
            {
                ".dockerignore": "k8s\n",
                "k8s/a.yaml": "kind: Pod\ncommand: [/usr/local/bin/flask]\n",
            },
            "k8s/a.yaml names /usr/local/bin/flask",
        ),
        ("ONBUILD COPY . .\n", {}, "ONBUILD"),
        ("COPY --from=0 /x /x\n", {}, ""),
    ],
)
def test_declines_where_something_relies_on_the_old_place(
    tmp_path: Path, rest: str, files: dict[str, str], why: str
) -> None:
    text = HEAD + INSTALL + "COPY . .\n" + rest

    result = run(text, tmp_path, SPLIT, {**APP, **files})

    if why:
        assert not result.changed
        assert why in reasons(result)


def test_a_stage_named_by_number_keeps_its_number(tmp_path: Path) -> None:
    text = "FROM node AS web\n" + HEAD + INSTALL + "COPY --from=0 /dist /dist\nCOPY . .\n"

    result = run(text, tmp_path, SPLIT, APP)

    assert not result.changed
    assert "by its number" in reasons(result)


def test_an_own_script_in_usr_local_bin_is_no_obstacle(tmp_path: Path) -> None:
    text = (
        HEAD + INSTALL + "COPY entry.sh /usr/local/bin/entry.sh\n"
        'ENTRYPOINT ["/usr/local/bin/entry.sh"]\n'
    )

    assert run(text, tmp_path, SPLIT, {**APP, "entry.sh": "#!/bin/sh\nexec flask run\n"}).changed


def test_alpine_and_other_images_are_left_alone(tmp_path: Path) -> None:
    for image in ("python:3.12-alpine", "debian:bookworm", "ghcr.io/x/python:3.12"):
        text = HEAD.replace("python:3.12-slim", image) + INSTALL

        assert not run(text, tmp_path, SPLIT, APP).changed


def test_without_context_nothing_is_moved() -> None:
    result = run(HEAD + INSTALL, None, SPLIT)

    assert not result.changed
    assert "build context" in reasons(result)


@pytest.mark.parametrize(
    ("install", "after"),
    [
        (
            "pip install uv && uv pip install --system -r requirements.txt",
            "/usr/local/bin/pip install uv && uv pip install -r requirements.txt",
        ),
        (
            "pip install uv && python -m uv pip install --system -r requirements.txt",
            "pip install uv && python -m uv pip install -r requirements.txt",
        ),
        (
            "pip install uv six && uv pip install --system -r requirements.txt",
            "pip install uv six && uv pip install -r requirements.txt",
        ),
    ],
)
def test_uv_that_only_installs_stays_out_of_the_environment(
    tmp_path: Path, install: str, after: str
) -> None:
    text = (
        "FROM python:3.12\nWORKDIR /srv\nCOPY requirements.txt .\n"
        f'RUN {install}\nCOPY app.py .\nCMD ["python", "app.py"]\n'
    )

    result = run(text, tmp_path, SPLIT, APP)

    assert f"RUN {after}\n" in stage(result.text, "builder")
