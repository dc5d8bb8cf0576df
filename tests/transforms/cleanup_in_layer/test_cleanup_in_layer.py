"""Edges of `cleanup-in-layer`: what moves, what is dropped, and what is no clean-up at all."""

import pytest
from tests.transforms.rewriting import reasons, run

NAME = ("cleanup-in-layer",)
BASE = "FROM python:3.12-slim\n"
AND = " \\\n    && "
"""Between steps that are on lines of their own."""


def cleaned(text: str, base: str = BASE) -> str:
    return run(base + text, None, NAME).text.removeprefix(base)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "RUN pip install a\nRUN rm -rf /root/.cache\n",
            f"RUN pip install a{AND}rm -rf /root/.cache\n",
        ),
        (
            "RUN pip install a\nCOPY b /b\nRUN pip cache purge\n",
            f"RUN pip install a{AND}pip cache purge\nCOPY b /b\n",
        ),
        (
            "RUN pip install --no-cache-dir uv\nRUN pip install a\nRUN uv pip install b\n"
            "RUN uv cache clean\n",
            "RUN pip install --no-cache-dir uv\nRUN pip install a\n"
            f"RUN uv pip install b{AND}uv cache clean\n",
        ),
        (
            "RUN python -m pip install a\nRUN poetry install\nRUN pip3 cache purge\n",
            f"RUN python -m pip install a{AND}pip3 cache purge\nRUN poetry install\n",
        ),
        (
            "RUN poetry install\nRUN rm -rf ~/.cache/pypoetry\n",
            f"RUN poetry install{AND}rm -rf ~/.cache/pypoetry\n",
        ),
        (
            "RUN npm ci\nRUN npm cache clean --force\n",
            f"RUN npm ci{AND}npm cache clean --force\n",
        ),
        (
            "RUN apk add git\nRUN rm /var/cache/apk/*\n",
            f"RUN apk add git{AND}rm -f /var/cache/apk/*\n",
        ),
        (
            "RUN apt-get update && apt-get install -y jq\n"
            "RUN apt-get clean && rm -rf /var/lib/apt/lists/* /tmp/*\n",
            f"RUN apt-get update{AND}apt-get install -y jq{AND}rm -rf /var/lib/apt/lists/*\n",
        ),
        (
            "RUN wget -O /tmp/a x && tar xf /tmp/a\nRUN rm -rf /tmp/*\n",
            f"RUN wget -O /tmp/a x{AND}tar xf /tmp/a{AND}rm -rf /tmp/*\n",
        ),
        (
            "RUN pip install --no-cache-dir a\nRUN find /usr/local -name '*.pyc' -delete || true\n",
            "RUN pip install --no-cache-dir a"
            f"{AND}(find /usr/local -name '*.pyc' -delete || true)\n",
        ),
        (
            "RUN apt-get update && apt-get upgrade\n"
            "RUN rm -rf /var/lib/apt/lists/* && mkdir /app\n",
            f"RUN apt-get update{AND}apt-get upgrade{AND}rm -rf /var/lib/apt/lists/*\n"
            "RUN mkdir /app\n",
        ),
    ],
)
def test_clean_up_moves_to_the_mess(before: str, after: str) -> None:
    assert cleaned(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("COPY a /a\nRUN rm -rf /root/.cache\nCOPY b /b\n", "COPY a /a\nCOPY b /b\n"),
        (
            "RUN pip install --no-cache-dir a\nRUN rm -rf ~/.cache\n",
            "RUN pip install --no-cache-dir a\n",
        ),
        (
            "RUN --mount=type=cache,target=/root/.cache pip install a\nRUN rm -rf /root/.cache\n",
            "RUN --mount=type=cache,target=/root/.cache pip install a\n",
        ),
        (
            "COPY --from=x /opt/venv /opt/venv\n"
            "RUN find /opt/venv -type d -name __pycache__ -prune -exec rm -rf {} +\n",
            "COPY --from=x /opt/venv /opt/venv\n",
        ),
        (
            "COPY --from=x /usr/local /usr/local\n"
            "RUN find /usr/local -depth \\( -name test -o -name '*.pyc' \\) | xargs rm -rf\n",
            "COPY --from=x /usr/local /usr/local\n",
        ),
        (
            "COPY --from=x /opt/venv /opt/venv\n# Make the image smaller\n"
            "RUN find /usr/local -type d -name 'tests' -exec rm -rf {} + 2>/dev/null || true && \\\n"
            "    find /usr/local -type f -name '*.pyo' -delete && rm -rf /root/.cache\nUSER 1000\n",
            "COPY --from=x /opt/venv /opt/venv\nUSER 1000\n",
        ),
        (
            "RUN apt-get update && apt-get install jq && rm -rf /var/lib/apt/lists/*\n"
            "RUN apt-get clean\n",
            "RUN apt-get update && apt-get install jq && rm -rf /var/lib/apt/lists/*\n",
        ),
    ],
)
def test_dead_clean_up_is_dropped(before: str, after: str) -> None:
    assert cleaned(before) == after


@pytest.mark.parametrize(
    "text",
    [
        # No clean-up: what these are for is not known.
        "RUN rm -rf /app/tests\n",
        "RUN rm .env\n",
        "COPY key /tmp/key\nRUN use /tmp/key\nRUN rm /tmp/key\n",
        "RUN rm /etc/nginx/sites-enabled/default\n",
        "RUN rm -rf /var/log/*\n",
        "RUN rm -rf /usr/share/doc\n",
        "RUN rm -rf /var/lib/{apt,dpkg}/\n",
        "RUN find . -name '*.pyc' -delete\n",
        "RUN find /app -name tests -exec rm -rf {} +\n",
        "RUN find / -name tests -exec rm -rf {} +\n",
        "RUN find /usr/local -name tests ! -path '*/django/*' -delete\n",
        "RUN find /usr/local -name tests -print\n",
        "RUN find /usr/local -name tests -delete > /removed.txt\n",
        # In the RUN that made the mess.
        "RUN apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/*\n",
        "RUN apt-get update && apt-get install -y jq && apt-get clean\n",
        "RUN pip install a && rm -rf /root/.cache\n",
        "RUN make && rm -rf /root/.cache\n",
        # Repairs stale lists.
        "RUN rm -rf /var/lib/apt/lists/* && apt-get update\n",
        # More than one way through the script.
        "RUN mkdir /a; rm -rf /root/.cache; touch /b\n",
        "RUN rm -rf /root/.cache || touch /failed\n",
        # Not read.
        "RUN <<EOF\nrm -rf /root/.cache\nEOF\n",
        'RUN ["rm", "-rf", "/root/.cache"]\n',
    ],
)
def test_what_stays(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("RUN pip install a\nUSER app\nRUN rm -rf ~/.cache\n", "user"),
        ("RUN pip install a\nENV HOME=/x\nRUN rm -rf ~/.cache\n", "HOME"),
        ("RUN ./install.sh\nRUN rm -rf /root/.cache\n", "./install.sh"),
        (
            "RUN rm -rf /root/.cache || true && useradd a\n",
            "goes on where one of its commands fails",
        ),
        ("RUN playwright install\nRUN rm -rf /root/.cache\n", "more than a download cache"),
        ("COPY a /tmp/a\nRUN x /tmp/a\nRUN rm -rf /tmp/*\n", "on purpose"),
        ("RUN x > /tmp/a\nRUN y /etc\nRUN rm -rf /tmp/*\n", "between"),
        ("RUN npm cache clean -f\nRUN npm install -g n\n", "may need it empty"),
        ("RUN conda install mamba\nRUN mamba clean -a\n", "may not have mamba"),
        ("RUN microdnf install dnf\nRUN dnf clean all\n", "may not have dnf"),
        (
            "RUN apt-get update\nRUN apt-get install jq\nRUN rm -rf /var/lib/apt/lists/*\n",
            "in between",
        ),
        (
            "RUN pip install a\nRUN npm ci\nRUN rm -rf ~/.cache && mkdir /a\nRUN mkdir /b\n",
            "short RUN",
        ),
        ("RUN pip install a &\nRUN rm -rf /root/.cache\n", "background"),
        (
            "".join(f"RUN npm install {n}\n" for n in "abcd") + "RUN npm cache clean --force\n",
            "4 RUNs",
        ),
    ],
)
def test_what_is_declined(text: str, reason: str) -> None:
    result = run(BASE + text, None, NAME)

    assert result.text == BASE + text
    assert reason in reasons(result)


def test_removed_packages_are_reported_and_stay() -> None:
    text = BASE + "RUN apt-get install -y gcc\nRUN apt-get purge -y gcc\n"
    result = run(text, None, NAME)

    assert result.text == text
    assert "frees nothing" in reasons(result)


def test_a_builder_is_left_alone() -> None:
    text = (
        "FROM python:3.12 AS builder\nRUN pip install a\nRUN rm -rf /root/.cache\n"
        "FROM python:3.12-slim\nCOPY --from=builder /x /x\n"
    )

    assert run(text, None, NAME).text == text


def test_mess_of_a_stage_that_others_build_upon_stays_there() -> None:
    text = (
        "FROM python:3.12 AS base\nRUN pip install a\n"
        "FROM base AS development\nRUN pip list\n"
        "FROM base\nRUN rm -rf /root/.cache\n"
    )

    assert run(text, None, NAME).text == text


def test_comments_go_with_the_instruction_they_are_about() -> None:
    assert cleaned("RUN pip install a\n# Clean up\nRUN rm -rf ~/.cache\nCOPY a b\n") == (
        f"RUN pip install a{AND}rm -rf ~/.cache\nCOPY a b\n"
    )
    # This one may be about the COPY just as well.
    assert cleaned("RUN pip install a\n# The service\nRUN rm -rf ~/.cache\nCOPY a b\n") == (
        f"RUN pip install a{AND}rm -rf ~/.cache\n# The service\nCOPY a b\n"
    )


def test_apt_lists_are_settled_together_with_apt_hygiene() -> None:
    text = (
        BASE + "RUN apt-get update\nRUN apt-get install -y --no-install-recommends jq\n"
        "RUN rm -rf /var/lib/apt/lists/*\n"
    )

    assert run(text, None, ("apt-hygiene", "cleanup-in-layer")).text == (
        BASE + f"RUN apt-get update{AND}apt-get install -y --no-install-recommends jq"
        f"{AND}rm -rf /var/lib/apt/lists/*\n"
    )


def test_lists_that_are_fetched_under_a_condition_save_no_sure_bytes() -> None:
    update = "if [ $A = b ]; then apt-get update; fi"
    for maker, known in ((update, False), ("apt-get update", True)):
        text = f"FROM debian:12\nRUN {maker}\nRUN rm -rf /var/lib/apt/lists/*\n"
        (record,) = run(text, None, ("cleanup-in-layer",)).applied
        assert (record.saves.count is not None) is known


def test_a_comment_within_a_run_goes_with_its_step() -> None:
    text = (
        "RUN mkdir /a \\\n    # small\n    && rm -rf /root/.cache \\\n    # more\n    && mkdir /b\n"
    )

    assert cleaned(text) == "RUN mkdir /a \\\n    # more\n    && mkdir /b\n"


def test_removing_packages_of_alpine_later_is_reported() -> None:
    later = BASE + "RUN apk add gcc\nRUN apk del --purge gcc\n"
    same = BASE + "RUN apk add gcc && apk del gcc\n"

    assert "removing packages in a later layer frees nothing" in reasons(run(later, None, NAME))
    assert not reasons(run(same, None, NAME))
