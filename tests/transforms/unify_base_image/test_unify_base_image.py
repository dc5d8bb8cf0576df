from tests.transforms.rewriting import reasons, run

NAME = ("unify-base-image",)


def unified(*images: str, rest: str = "") -> list[str]:
    text = "".join(f"FROM {image} AS s{n}\n{rest}" for n, image in enumerate(images))
    lines = run(text, None, NAME).text.splitlines()
    return [line.split()[1] for line in lines if line.startswith("FROM")]


def test_the_more_exact_tag_wins() -> None:
    exact = "python:3.11.10-slim-bookworm"

    assert unified("python:3.11-slim", exact) == [exact, exact]
    assert unified(exact, "python:3.11-slim-bookworm") == [exact, exact]
    assert unified("python:3.11.10-slim", exact) == [exact, exact]


def test_tags_that_say_different_things_stay() -> None:
    for images in (
        ("python:3.11-slim", "python:3.12-slim"),
        ("python:3.11", "python:3.11-slim"),
        ("python:3.11-slim-bookworm", "python:3.11-slim-trixie"),
        ("python:3.11-alpine", "python:3.11.9-alpine"),
        ("python:3.1-slim", "python:3.11-slim"),
        ("python:slim", "python:3.11-slim"),
    ):
        assert unified(*images) == list(images)


def test_two_exact_tags_are_declined() -> None:
    text = "FROM python:3.11-slim AS a\nFROM python:3.11.9-slim AS b\nFROM python:3.11.10-slim\n"
    result = run(text, None, NAME)

    assert not result.changed
    assert "differently" in reasons(result)


def test_a_package_that_the_release_lacks_is_a_reason_to_decline() -> None:
    rest = "RUN apt-get update && apt-get install -y libicu76\n"

    assert unified("python:3.11-slim", "python:3.11.10-slim-bookworm", rest=rest) == [
        "python:3.11-slim",
        "python:3.11.10-slim-bookworm",
    ]


def test_arguments_and_other_registries_stay() -> None:
    text = "ARG V=3.11\nFROM python:$V-slim AS a\nFROM python:3.11.10-slim\n"

    assert not run(text, None, NAME).changed
    assert (
        unified("quay.io/python:3.11-slim", "python:3.11.10-slim")[0] == "quay.io/python:3.11-slim"
    )


def test_platform_flags_are_kept() -> None:
    text = "FROM --platform=linux/amd64 python:3.11-slim AS a\nFROM python:3.11.10-slim\n"

    assert run(text, None, NAME).text.startswith(
        "FROM --platform=linux/amd64 python:3.11.10-slim AS a\n"
    )
