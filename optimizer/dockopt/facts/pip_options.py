"""The options of pip and uv that take a value, and the long names of short ones.

https://pip.pypa.io/en/stable/cli/pip_install/, https://docs.astral.sh/uv/reference/cli/
"""

_SHORT = {
    "pip": {
        "-r": "--requirement",
        "-c": "--constraint",
        "-e": "--editable",
        "-t": "--target",
        "-i": "--index-url",
        "-f": "--find-links",
        "-d": "--dest",
        "-w": "--wheel-dir",
        "-b": "--build",
        "-C": "--config-settings",
        "-U": "--upgrade",
        "-I": "--ignore-installed",
        "-q": "--quiet",
        "-v": "--verbose",
        "-y": "--yes",
    },
    "uv": {
        "-r": "--requirement",
        "-c": "--constraint",
        "-b": "--build-constraint",
        "-e": "--editable",
        "-t": "--target",
        "-i": "--index-url",
        "-f": "--find-links",
        "-p": "--python",
        "-P": "--upgrade-package",
        "-C": "--config-setting",
        "-o": "--output-file",
        "-w": "--with",
        "-U": "--upgrade",
        "-n": "--no-cache",
        "-q": "--quiet",
        "-v": "--verbose",
    },
}
_ALIASES = {
    "pip": {
        "--download": "--dest",
        "--pypi-url": "--index-url",
        "--default-timeout": "--timeout",
        "--config-setting": "--config-settings",
        "--no-dependencies": "--no-deps",
    },
    "uv": {
        "--requirements": "--requirement",
        "--constraints": "--constraint",
        "--build-constraints": "--build-constraint",
        "--overrides": "--override",
        "--no-cache-dir": "--no-cache",
        "--config-settings": "--config-setting",
        "--trusted-host": "--allow-insecure-host",
    },
}
_PIP_WITH_VALUE = """
    --requirement --constraint --build-constraint --editable --target --platform
    --python-version --implementation --abi --root --prefix --build --src --upgrade-strategy
    --config-settings --install-option --global-option --build-option --no-binary --only-binary
    --progress-bar --root-user-action --report --index-url --extra-index-url --find-links --dest
    --wheel-dir --group --requirements-from-script --uploaded-prior-to --python --log --proxy
    --retries --timeout --exists-action --trusted-host --cert --client-cert --cache-dir
    --keyring-provider --use-feature --use-deprecated --format --exclude --path
"""
_UV_WITH_VALUE = """
    --requirement --constraint --build-constraint --override --excludes --editable --extra
    --no-extra --group --no-group --only-group --index --default-index --index-url
    --extra-index-url --find-links --index-strategy --keyring-provider --upgrade-package
    --upgrade-group --reinstall-package --resolution --prerelease --fork-strategy
    --config-setting --config-settings-package --no-build-isolation-package --exclude-newer
    --exclude-newer-package --link-mode --no-sources-package --python --target --prefix
    --python-version --python-platform --torch-backend --cache-dir --project --directory
    --config-file --allow-insecure-host --color --package --script --no-install-package --with
    --with-requirements --with-editable --env-file --from --bounds --rev --tag --branch
    --python-preference --python-fetch --output-file --no-binary-package --no-build-package
    --refresh-package --optional --marker --preview-features --format --prompt
    --annotation-style --custom-compile-command --no-emit-package --unsafe-package --module
"""
_WITH_VALUE = {
    "pip": frozenset(_PIP_WITH_VALUE.split()),
    "uv": frozenset(_UV_WITH_VALUE.split()),
}
_UV_PIP_WITH_VALUE = frozenset({"--no-binary", "--only-binary"})
"""Of `uv pip`; `--no-binary` of `uv sync` is a flag."""
_PIP_FLAGS = frozenset({"--pre", "--upgrade", "--no-cache", "--no-cache-dir", "--user"})
"""Options of pip that begin like others, and yet stand for themselves."""


def canonical(tool: str, option: str) -> str:
    """The long name of an option; pip also takes the first letters of one, as in `--index`."""
    name = _SHORT[tool].get(option, option)
    name = _ALIASES[tool].get(name, name)
    if tool == "pip" and name == "--no-cache":
        return "--no-cache-dir"
    if tool == "pip" and name.startswith("--") and name not in _WITH_VALUE[tool] | _PIP_FLAGS:
        full = [known for known in _WITH_VALUE[tool] if known.startswith(name)]
        return full[0] if len(full) == 1 else name
    return name


def takes_value(tool: str, group: str, name: str) -> bool:
    """Whether the option, by its long name, has a value after it."""
    if tool == "uv" and group == "pip" and name in _UV_PIP_WITH_VALUE:
        return True
    return name in _WITH_VALUE[tool]
