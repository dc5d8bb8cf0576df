"""Who builds a Dockerfile, as the files of a project and of its repository tell."""

import os
from pathlib import Path

import pytest

from dockopt.facts.bake import bake_targets
from dockopt.facts.build_commands import build_commands
from dockopt.facts.context import Context
from dockopt.facts.references import Reference, References
from dockopt.facts.settings_files import MAX_NODES, documents
from dockopt.model import build
from dockopt.syntax import parse

STAGES = "FROM a AS base\nFROM base AS dev\nFROM base AS production\nFROM base AS test\n"


def references(folder: Path, files: dict[str, str], below: str = "") -> References:
    """Those to `Dockerfile` in the folder `below`, which is the build context."""
    for path, text in {"Dockerfile": STAGES, ".git/HEAD": "", **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / below / "Dockerfile").write_text(STAGES)
    dockerfile = build(parse(STAGES))
    root = folder / below
    return References(dockerfile, Context.open(root, str(root / "Dockerfile")))


def told(found: References) -> list[tuple[str, str | None]]:
    return [(r.place, r.target) for r in found.all]


COMPOSE = """\
x-common: &common
  context: .
  target: dev
services:
  web:
    build:
      <<: *common
      target: production
    command: ["gunicorn", "-c", "conf/gunicorn.py"]
    volumes:
      - ./static:/srv/static
      - type: bind
        source: .
        target: /srv
      - cache:/cache:ro
  worker:
    build: .
  other:
    build:
      context: ./other
  named:
    image: postgres
"""
FILES = {
    "compose.yml": (COMPOSE, [("compose.yml:5", "production"), ("compose.yml:16", "")]),
    "deploy/docker-compose.prod.yaml": (
        "services:\n  web:\n    build: {context: .., dockerfile: Dockerfile, target: production}\n",
        [("deploy/docker-compose.prod.yaml:2", "production")],
    ),
    "docker-compose.yml": (
        "services:\n  a:\n    build: {context: ., target: '${STAGE:-dev}'}\n"
        "  b:\n    build: {context: ., target: $STAGE}\n"
        "  c:\n    build: {context: ., dockerfile: $FILE, target: test}\n"
        "  d:\n    build: {context: ., dockerfile: Other}\n",
        [
            ("docker-compose.yml:2", "dev"),
            ("docker-compose.yml:4", None),
            ("docker-compose.yml:6", "test"),
        ],
    ),
    "docker-bake.hcl": (
        """# all images
variable "TAG" { default = "1" }
group "default" { targets = ["app", "tests"] }
target "_common" {
  context = "."
  platforms = [
    "linux/amd64",
  ]
}
target "app" {
  inherits = ["_common"]
  dockerfile = "Dockerfile"
  target = "production"
  tags = ["app:${TAG}"]
}
target "tests" {
  target = var.STAGE
  args = { A = "b", C = "${TAG}" }
}
target "other" { dockerfile = "Other" }
""",
        [
            ("docker-bake.hcl:4", ""),
            ("docker-bake.hcl:10", "production"),
            ("docker-bake.hcl:16", None),
        ],
    ),
    "docker-bake.json": (
        '{\n"target": {\n"app": {"target": "dev"}}}',
        [("docker-bake.json:3", "dev")],
    ),
    ".github/workflows/ci.yml": (
        "jobs:\n  build:\n    steps:\n"
        "      - uses: docker/build-push-action@v6\n"
        "        with:\n          context: .\n          file: ./Dockerfile\n"
        "          target: production\n"
        "      - uses: docker/build-push-action@v6\n"
        "        with: {context: ., file: Dockerfile, target: '${{ matrix.stage }}'}\n"
        "      - run: docker build --target test .\n",
        [
            (".github/workflows/ci.yml:4", "production"),
            (".github/workflows/ci.yml:9", None),
            (".github/workflows/ci.yml:11", "test"),
        ],
    ),
    "Makefile": (
        "build:\n\t@docker build --pull \\\n\t  --target=production -t app:$(TAG) .\n",
        [("Makefile:2", "production")],
    ),
    "scripts/build.sh": (
        "set -e\ndocker buildx build -f Dockerfile --target dev --load . && echo done\n",
        [("scripts/build.sh:2", "dev")],
    ),
    "skaffold.yaml": (
        "build:\n  artifacts:\n  - image: app\n    docker: {target: production}\n"
        "---\nprofiles:\n- build:\n    artifacts:\n    - image: app\n      docker: {target: dev}\n",
        [("skaffold.yaml:3", "production"), ("skaffold.yaml:9", "dev")],
    ),
    "fly.toml": (
        'app = "a"\n[build]\ndockerfile = "Dockerfile"\nbuild-target = "production"\n',
        [("fly.toml:4", "production")],
    ),
    "railway.json": ('{"build": {"dockerfilePath": "Dockerfile"}}', [("railway.json:1", "")]),
    "render.yaml": (
        "services:\n  - type: web\n    dockerfilePath: ./Dockerfile\n",
        [("render.yaml:3", "")],
    ),
    "heroku.yml": (
        "build:\n  docker:\n    web: Dockerfile\n    worker:\n      dockerfile: Dockerfile\n"
        "      target: production\n",
        [("heroku.yml:3", ""), ("heroku.yml:4", "production")],
    ),
    ".devcontainer/devcontainer.json": (
        '{\n  // for editors\n  "build": {"dockerfile": "../Dockerfile", "target": "dev",},\n}\n',
        [(".devcontainer/devcontainer.json:3", "dev")],
    ),
    "cloudbuild.yaml": (
        "steps:\n- name: gcr.io/cloud-builders/docker\n"
        "  args: ['build', '--target', 'production', '-t', 'x', '.']\n",
        [("cloudbuild.yaml:3", "production")],
    ),
    ".gitlab-ci.yml": (
        "build:\n  script:\n    - /kaniko/executor --context . --dockerfile Dockerfile --target test\n",
        [(".gitlab-ci.yml:3", "test")],
    ),
}


@pytest.mark.parametrize("path", FILES)
def test_each_kind_of_file(tmp_path: Path, path: str) -> None:
    text, expected = FILES[path]

    assert told(references(tmp_path, {path: text})) == expected


def test_what_a_service_runs_and_mounts(tmp_path: Path) -> None:
    found = references(tmp_path, {"compose.yml": COMPOSE}).all[0]

    assert found.starts and found.by == "the service web"
    assert "conf/gunicorn.py" in found.words
    assert found.mounts == ("/srv/static", "/srv", "/cache")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{root: ., base: 'docker-image://a', t: 'target:x', s: service:db}", {"."}),
        ("['root=../other']", {"../other"}),
        ("{root: $DIR}", None),
    ],
)
def test_named_contexts(tmp_path: Path, text: str, expected: set[str] | None) -> None:
    compose = f"services: {{a: {{build: {{context: ., additional_contexts: {text}}}}}}}\n"
    found = references(tmp_path, {"compose.yml": compose}).all[0].named_contexts

    folders = {Path(os.path.normpath(tmp_path / e)) for e in expected or ()}
    assert found == (frozenset(folders) if expected is not None else None)


def test_files_above_the_context(tmp_path: Path) -> None:
    files = {
        "compose.yml": "services:\n  api:\n    build: {context: ./api, target: dev}\n"
        "  web:\n    build: ./web\n",
        ".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n"
        "      - uses: docker/build-push-action@v6\n        with: {context: api, target: test}\n",
        "Makefile": "image:\n\tdocker build -f api/Dockerfile --target production api\n",
        "api/x": "",
    }

    assert told(references(tmp_path, files, "api")) == [
        ("../Makefile:2", "production"),
        ("../compose.yml:2", "dev"),
        ("../.github/workflows/ci.yml:4", "test"),
    ]


def test_nothing_above_a_folder_that_is_in_no_repository(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text("services: {a: {build: ./api}}\n")
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "Dockerfile").write_text(STAGES)

    context = Context.open(tmp_path / "api", str(tmp_path / "api" / "Dockerfile"))

    assert References(build(parse(STAGES)), context).all == ()


def test_a_link_is_not_followed_out_of_the_repository(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "ci.yml").write_text("jobs: {a: {steps: [{run: docker build --target dev .}]}}\n")
    repository = tmp_path / "repository"
    found = references(repository, {"api/x": ""}, "api")
    (repository / ".github").mkdir()
    (repository / ".github" / "workflows").symlink_to(outside)

    assert found.all == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("services:\n  a: {build: {context: ., target: production}}\n", "production"),
        (
            "services:\n  a: {build: {context: ., target: dev}}\n"
            "  b: {build: {context: ., target: production}}\n",
            "dev",
        ),
        ("services:\n  a: {build: {context: ., target: test}}\n", None),
        (
            "services:\n  a: {build: .}\n  b: {build: {context: ., target: production}}\n",
            None,
        ),
        ("services:\n  a: {build: {context: ., target: gone}}\n", None),
        ("services:\n  a: {image: x}\n", None),
    ],
)
def test_the_stage_that_is_shipped_instead(tmp_path: Path, text: str, expected: str | None) -> None:
    found = references(tmp_path, {"compose.yml": text}).shipped_instead

    assert (found[0].name if found else None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("docker build .", ("", ".", "")),
        ("docker build -qf d/x --target=t --build-arg A=b .. # now", ("d/x", "..", "t")),
        ("DOCKER_BUILDKIT=1 docker image build -t $X --file 'a b' ctx; true", ("a b", "ctx", "")),
        ('podman build --target "$T" .', ("", ".", None)),
        ("docker --context remote buildx build --target a $DIR", ("", None, "a")),
        ("docker build - < Dockerfile", ("", None, "")),
        ("docker compose build", None),
        ("docker builder prune", None),
    ],
)
def test_build_commands(text: str, expected: tuple[str | None, ...] | None) -> None:
    found = [(c.file, c.context, c.target) for c in build_commands(text)]

    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    "text", ['target "a" {', 'target "a" { x = <<EOT\ny\nEOT\n}', 'target "a" { x = "', "}", "a b"]
)
def test_bake_files_that_cannot_be_read(text: str) -> None:
    assert not bake_targets(text)


def test_bake_targets_that_inherit_themselves() -> None:
    text = 'target "a" { inherits = ["b"] }\ntarget "b" { inherits = ["a"]\n target = "t" }'

    assert [t.attributes.get("target") for t in bake_targets(text) or ()] == ["t", "t"]


def test_aliases_do_not_grow_without_end() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]

    assert documents("a.yml", "\n".join(lines)) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yml", "[" * 50_000),
        ("a.yml", "a: &a [*a]"),
        ("a.yml", "a: ]"),
        ("a.yml", "\x00"),
        ("a.yml", "- 1\n" * (MAX_NODES + 1)),
        ("a.yml", "!!python/object/apply:os.system [id]: {"),
        ("a.json", "{" * 50_000),
        ("a.json", "nothing"),
        ("a.toml", "= 1"),
        ("a.yml", "x" * 300_000),
    ],
)
def test_what_cannot_be_read_is_unknown(name: str, text: str) -> None:
    assert documents(name, text) is None


def test_a_reference_says_where_it_stands() -> None:
    assert Reference("fly.toml", 0, "fly.io", None, None, "").place == "fly.toml"


def test_a_context_that_is_named_by_way_of_other_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    references(tmp_path, {"compose.yml": "services: {a: {build: {context: api, target: dev}}}\n",
                          "api/x": "", "web/x": ""}, "api")  # fmt: skip
    (tmp_path / "link").symlink_to("api")
    monkeypatch.chdir(tmp_path / "web")

    for given in ("../api", "../link", "../web/../api"):
        context = Context.open(Path(given), f"{given}/Dockerfile")
        assert told(References(build(parse(STAGES)), context)) == [("../compose.yml:1", "dev")]


def test_a_target_that_a_matrix_names_may_be_the_last(tmp_path: Path) -> None:
    files = {
        "compose.yml": "services:\n  a:\n    build: {context: ., target: dev}\n",
        ".github/workflows/ci.yml": (
            "jobs:\n  image:\n    steps:\n      - uses: docker/build-push-action@v6\n"
            "        with: {context: ., target: '${{ matrix.stage }}'}\n"
        ),
    }
    assert references(tmp_path, files).shipped_instead is None

    (tmp_path / ".github/workflows/ci.yml").unlink()
    assert references(tmp_path, {}).shipped_instead is not None
