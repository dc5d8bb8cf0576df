"""What in a build context is there for developers, not for the running program: kinds by name.

A kind is only a suspicion; `dockopt.facts.mentions` tells what is used all the same.
"""

import re
from functools import cached_property

from dockopt.facts.context import Context
from dockopt.facts.mentions import Mentions
from dockopt.immutable import immutable

_KINDS = (
    (
        "version control",
        r"\.git|\.gitignore|\.gitattributes|\.gitmodules|\.gitkeep|\.mailmap|\.hg|"
        r"\.hgignore|\.svn|\.git-blame-ignore-revs",
    ),
    (
        "continuous integration",
        r"\.github|\.gitlab|\.gitlab-ci\.ya?ml|\.circleci|\.travis\.ya?ml|"
        r"\.drone\.ya?ml|\.woodpecker(\.ya?ml)?|azure-pipelines\.ya?ml|\.?appveyor\.ya?ml|Jenkinsfile|"
        r"bitbucket-pipelines\.ya?ml|\.?codecov\.ya?ml|renovate\.json5?|\.renovaterc(\.json)?|"
        r"\.pre-commit-(config|hooks)\.yaml|sonar-project\.properties|\.coveralls\.ya?ml",
    ),
    (
        "editor settings",
        r"\.vscode|\.idea|\.devcontainer|\.editorconfig|\.vs|\.DS_Store|\.cursor|"
        r"\.cursorrules|\.claude|.+\.code-workspace|.+\.sw[op]|\.fleet|\.zed",
    ),
    (
        "tests",
        r"tests?|conftest\.py|pytest\.ini|tox\.ini|noxfile\.py|\.coveragerc|\.coverage|"
        r"htmlcov|coverage\.xml|\.testmondata",
    ),
    (
        "documentation",
        r"docs?|documentation|mkdocs\.ya?ml|\.?readthedocs\.ya?ml|.+\.md|.+\.rst|"
        r"AUTHORS|CODEOWNERS|CITATION\.cff",
    ),
    (
        "caches",
        r"__pycache__|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.tox|\.nox|\.hypothesis|"
        r"\.ipynb_checkpoints|.+\.py[co]|\.eggs|\.pytype|\.pyre|\.dmypy\.json",
    ),
    (
        "container files",
        r"(.+\.)?Dockerfile(\..+)?|(.+\.)?Containerfile(\..+)?|\.dockerignore|"
        r"\.containerignore|.+\.dockerignore|(docker-)?compose(\..+|-.+)?\.ya?ml|docker-bake\.(hcl|json)|"
        r"\.hadolint\.ya?ml|\.dockopt\.toml|skaffold\.ya?ml|Tiltfile",
    ),
    (
        "linter settings",
        r"\.flake8|\.pylintrc|mypy\.ini|\.?ruff\.toml|\.isort\.cfg|\.yamllint(\..+)?|"
        r"\.markdownlint(\..+)?|\.prettierrc(\..+)?|\.prettierignore|\.bandit|\.style\.yapf|"
        r"pyrightconfig\.json|\.commitlintrc(\..+)?|\.pydocstyle|\.shellcheckrc|\.secrets\.baseline",
    ),
    ("example settings", r"\.?env\.(example|sample|template|dist)|\.example\.env|example\.env"),
)
_LICENCES = re.compile(r"(?:LICEN[CS]E|COPYING|NOTICE)(?:[-._].+)?", re.IGNORECASE)
"""Texts that most licences want beside each copy of the program, in an image as well:
https://opensource.org/license/mit, https://www.apache.org/licenses/LICENSE-2.0#redistribution"""
_ENVIRONMENTS = frozenset({".venv", "venv", "env", ".env", "virtualenv"})
_TOOLS = {
    "tests": frozenset({"pytest", "tox", "nox", "coverage", "unittest", "nosetests"}),
    "documentation": frozenset({"mkdocs", "sphinx-build", "sphinx"}),
    "linter settings": frozenset(
        {"flake8", "pylint", "mypy", "ruff", "black", "isort", "bandit", "yamllint", "prettier"}
    ),
    "continuous integration": frozenset({"pre-commit"}),
}
"""Programs that read what belongs to a kind; where one is called, the kind stays."""
_UNTRACKED = frozenset({"caches", "virtual environments"})
"""What git is not given to keep."""
_GIT = frozenset({"git"})
_GIT_READERS = frozenset({"git", "pygit2", "dulwich"})
_TRACKERS = frozenset({"mlflow", "dvc", "wandb", "clearml", "comet_ml", "neptune", "aim", "sacred"})
"""They note the commit from which a run was started.
https://mlflow.org/docs/latest/ml/tracking/#system-tags"""
_ASKS_GIT = frozenset({"sentry_sdk"})
"""They ask the program git for the release, where an image has it: full ones do, slim ones do not.
https://docs.sentry.io/platforms/python/configuration/releases/"""
_WITHOUT_GIT = re.compile(r"slim|alpine|distroless")
_PACKAGING = re.compile(
    r"README.*|LICEN[CS]E.*|COPYING.*|AUTHORS.*|NOTICE.*|CHANGE.*|HISTORY.*", re.I
)
_VCS_VERSION = (
    "setuptools_scm",
    "setuptools-scm",
    "hatch-vcs",
    "versioneer",
    "pbr",
    "dunamai",
    "dynamic-versioning",
    "use_scm_version",
    "pdm-backend",
    "versioningit",
    "flit_scm",
)


@immutable(slots=True)
class Leftover:
    """An entry of the context's root that the running program does not need."""

    name: str
    kind: str
    bytes: int
    """What of it is sent to the builder."""


def kind_of(context: Context, name: str) -> str:
    """The kind of an entry of the root, empty for one that may be of use at run time."""
    if context.is_dir(name) and context.is_file(f"{name}/pyvenv.cfg"):
        return "virtual environments" if name in _ENVIRONMENTS else ""
    if _LICENCES.fullmatch(name):
        return ""
    return next((kind for kind, names in _KINDS if re.fullmatch(names, name)), "")


@immutable(eq=False)
class Tree:
    """The root of a context, parted into what stays and what may be left out of the image."""

    context: Context
    mentions: Mentions
    builds_project: bool
    """Whether the project itself may be built or installed after the copy."""

    @cached_property
    def sent(self) -> tuple[str, ...]:
        """The entries of the root that are sent to the builder."""
        names = self.context.top_level()
        return tuple(name for name in names if self.context.sent(name))

    @cached_property
    def leftovers(self) -> tuple[Leftover, ...]:
        """What can be left out, in the order of names."""
        found: list[Leftover] = []
        for name in self.sent:
            kind = kind_of(self.context, name)
            if kind and not self._is_used(name, kind):
                found.append(Leftover(name, kind, self.context.sent_bytes(name)))
        return tuple(found)

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """What stays, in the order of names."""
        gone = {leftover.name for leftover in self.leftovers}
        return tuple(name for name in self.sent if name not in gone)

    def _is_used(self, name: str, kind: str) -> bool:
        if self._takes_version_from_history and kind not in _UNTRACKED:
            return True
        if self.mentions.names(name) or self.mentions.calls(_TOOLS.get(kind, frozenset())):
            return True
        if kind == "tests" and self.mentions.tests_in_image:
            return True
        if kind == "version control" and self._reads_history(name):
            return True
        return self.builds_project and bool(_PACKAGING.fullmatch(name))

    def _reads_history(self, name: str) -> bool:
        if name != ".git":
            return False
        if self.mentions.imports(_GIT_READERS | _TRACKERS) or self.mentions.calls(_GIT):
            return True
        image = str(self.mentions.dockerfile.target.root.from_image_text)
        if self.mentions.imports(_ASKS_GIT) and not _WITHOUT_GIT.search(image):
            return True
        return self._takes_version_from_history

    @cached_property
    def _takes_version_from_history(self) -> bool:
        """Whether the project is built with a version that git tells.

        Then every file that git knows stays: git calls a tree dirty in which one is missing, and the
        version with it. https://setuptools-scm.readthedocs.io/en/latest/usage/#version-scheme
        """
        if not self.builds_project or ".git" not in self.sent:
            return False
        files = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")
        texts = [self.context.read_text(file) or "" for file in files]
        return any(mark in text for text in texts for mark in _VCS_VERSION)
