"""Commands that make users and groups, and owners as chown names them."""

import pytest

from dockopt.facts.ownership import Owner, change_of_owner
from dockopt.facts.users import Account, account
from dockopt.shell import Script, Step, parse


def step(text: str) -> Step:
    script = parse(text)
    assert isinstance(script, Script)
    return script.steps[0]


def made(text: str) -> Account:
    found = account(step(text))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "names", "home", "group"),
    [
        ("useradd app", ("app",), "/home/app", "app"),
        ("useradd -ms /bin/bash -u 1000 app", ("app",), "/home/app", "app"),
        ("useradd -r -g web -d /srv app", ("app",), "/srv", "web"),
        ("useradd --gid=web --home-dir=/srv --uid 9 app", ("app",), "/srv", "web"),
        ("useradd -N app", ("app",), "/home/app", ""),
        ("adduser --disabled-password --gecos '' app", ("app",), "/home/app", "app"),
        ("adduser --system --group app", ("app",), "/home/app", "app"),
        ("adduser --system app", ("app",), "/home/app", ""),
        ("adduser -S -D -H -h /srv -G web app", ("app",), "/srv", "web"),
        ("groupadd -g 1000 web", ("web",), "", ""),
        ("addgroup -S web", ("web",), "", ""),
        ("adduser app web", ("app", "web"), "", ""),
    ],
)
def test_accounts(text: str, names: tuple[str, ...], home: str, group: str) -> None:
    found = made(text)

    assert (found.names, found.home, found.primary_group) == (names, home, group)


def test_system_numbers() -> None:
    assert made("useradd -r app").takes_next_system_id
    assert not made("useradd -r -u 500 app").takes_next_system_id
    assert not made("useradd app").takes_next_system_id


@pytest.mark.parametrize(
    "text", ["id app || useradd app", "if a; then useradd app; fi", "echo useradd"]
)
def test_not_certain_or_not_at_all(text: str) -> None:
    script = parse(text)
    assert isinstance(script, Script)
    assert all(account(one) is None for one in script.steps)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("app:web", "app:web"),
        ("app", "app:root"),
        (":web", "root:web"),
        ("1000:1000", "1000:1000"),
        ("${U}:$G", "${U}:$G"),
    ],
)
def test_owner_as_a_flag_names_both(text: str, flag: str) -> None:
    owner = Owner.parse(text)

    assert owner is not None
    assert owner.for_copy == flag


@pytest.mark.parametrize("text", ["$(id -u):x", "a b", "", ":", "app.web", "a:b:c"])
def test_owner_that_is_not_read(text: str) -> None:
    assert Owner.parse(text) is None


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("chown -R a:b /x /y", ["/x", "/y"]),
        ("chown a:b -R /x", ["/x"]),
        ("chown -hRv a:b /x", ["/x"]),
        ("chown --recursive a /x", ["/x"]),
        ("chgrp -R 0 /x", ["/x"]),
    ],
)
def test_recursive_changes(text: str, paths: list[str]) -> None:
    found = change_of_owner(step(text))

    assert found is not None
    assert [word.text for word in found.paths] == paths


@pytest.mark.parametrize(
    "text",
    [
        "chown a /x",
        "chown -RL a /x",
        "chown -R --from=b a /x",
        "chown -R a",
        "chown -R a /x || true",
    ],
)
def test_other_changes_of_owner(text: str) -> None:
    assert change_of_owner(step(text)) is None
