"""The options of Poetry, Pipenv, PDM, pip-tools and conda that take a value, and their long names.

https://python-poetry.org/docs/cli/, https://pipenv.pypa.io/en/latest/cli.html,
https://pdm-project.org/latest/reference/cli/, https://pip-tools.readthedocs.io/en/latest/cli/,
https://docs.conda.io/projects/conda/en/stable/commands/
"""

from functools import partial

from dockopt.facts.option_words import Grammar

_SHORT = {
    "poetry": {
        "-E": "--extras",
        "-C": "--directory",
        "-P": "--project",
        "-D": "--dev",
        "-G": "--group",
        "-f": "--format",
        "-o": "--output",
        "-n": "--no-interaction",
        "-q": "--quiet",
    },
    "pipenv": {
        "-d": "--dev",
        "-e": "--editable",
        "-i": "--index",
        "-q": "--quiet",
        "-r": "--requirements",
        "-v": "--verbose",
    },
    "pdm": {
        "-C": "--config-setting",
        "-G": "--group",
        "-L": "--lockfile",
        "-d": "--dev",
        "-f": "--format",
        "-g": "--global",
        "-k": "--skip",
        "-o": "--output",
        "-p": "--project",
        "-x": "--fail-fast",
    },
    "pip-tools": {
        "-P": "--upgrade-package",
        "-U": "--upgrade",
        "-c": "--constraint",
        "-f": "--find-links",
        "-i": "--index-url",
        "-n": "--dry-run",
        "-o": "--output-file",
        "-p": "--pre",
    },
    "conda": {
        "-c": "--channel",
        "-f": "--file",
        "-n": "--name",
        "-p": "--prefix",
        "-y": "--yes",
        "-a": "--all",
        "-q": "--quiet",
    },
    "pixi": {"-e": "--environment", "-m": "--manifest-path"},
    "setup.py": {},
}
_ALIASES = {
    "poetry": {"--extra": "--extras"},
    "pipenv": {},
    "pdm": {"--with": "--group", "--production": "--prod", "--no-lock": "--frozen-lockfile"},
    "pip-tools": {},
    "conda": {},
    "pixi": {},
    "setup.py": {},
}
_WITH_VALUE = {
    "poetry": "--without --with --only --extras --project --directory --format --output --group"
    " --python --platform --source --priority --config",
    "pipenv": "--pypi-mirror --python --extra-pip-args --resolver --categories --extras"
    " --config-settings --index --requirements --editable --requirementstxt --category",
    "pdm": "--project --override --lockfile --skip --group --without --config-setting --format"
    " --output --strategy --python --config",
    "pip-tools": "--upgrade-package --constraint --find-links --index-url --output-file --extra"
    " --extra-index-url --trusted-host --python-executable --pip-args --config --cert"
    " --client-cert --cache-dir --resolver --annotation-style --only-build-deps --build-deps-for"
    " --max-rounds --group --no-binary --only-binary --unsafe-package",
    "conda": "--channel --file --name --prefix --solver --revision --repodata-fn --subdir --clone",
    "pixi": "--environment --manifest-path --color --platform --feature",
    "setup.py": "--prefix --root --install-dir --home --record",
}
_GROUPS = {
    "poetry": frozenset({"cache", "debug", "env", "python", "self", "source"}),
    "pdm": frozenset({"cache", "plugin", "python", "py", "self", "venv"}),
    "conda": frozenset({"env"}),
    "pixi": frozenset({"global", "project", "self", "task", "workspace"}),
}


def _canonical(tool: str, option: str) -> str:
    name = _SHORT[tool].get(option, option)
    return _ALIASES[tool].get(name, name)


def _takes_value(names: frozenset[str], _group: str, name: str) -> bool:
    return name in names


GRAMMARS = {
    tool: Grammar(
        partial(_canonical, tool),
        partial(_takes_value, frozenset(_WITH_VALUE[tool].split())),
        _GROUPS.get(tool, frozenset()),
    )
    for tool in _SHORT
}
"""How the command lines of each tool are read."""
