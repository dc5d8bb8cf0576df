"""A rewrite of what comes from the build context, built before and after: the program does the same."""

from pathlib import Path

from tests.docker.engine import Engine

from dockopt import rewrite

TEXT = """\
FROM python:3.12-slim
WORKDIR /srv
COPY . .
CMD ["python", "-m", "shop"]
"""
FILES = {
    ".git/pack": "x" * 60_000,
    "README.md": "Call `python -m shop`.\n",
    "Dockerfile": TEXT,
    "prices/list.csv": "tea,3\n",
    "notebooks/sales.ipynb": "{}" + " " * 20_000,
    "client/package.json": "{}" + " " * 20_000,
    "bench/speed.py": "import shop\n" + "#" * 20_000,
    "plugins/tax.py": "def apply(price):\n    return price * 2\n" + "#" * 20_000,
    "shop/__init__.py": "",
    "shop/__main__.py": (
        "import csv, os\n"
        "from importlib import import_module\n"
        "from pathlib import Path\n"
        "rows = csv.reader(Path('prices/list.csv').open())\n"
        "for name, price in rows:\n"
        "    print(name, import_module('plugins.tax').apply(int(price)))\n"
        "print(sorted(os.listdir('.')))\n"
    ),
    "tests/test_shop.py": "import shop\n",
}


def test_what_is_not_reached_is_not_missed(docker_engine: Engine, tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    result = rewrite(TEXT, context=tmp_path, select=["selective-copy"])

    before = docker_engine.run(docker_engine.build(tmp_path, TEXT), [])
    after = docker_engine.run(docker_engine.build(tmp_path, result.text), [])

    assert before.status == after.status == 0, after.output
    assert before.output.splitlines()[0] == after.output.splitlines()[0] == "tea 6"
    assert after.output.splitlines()[1] == "['plugins', 'prices', 'shop']"
