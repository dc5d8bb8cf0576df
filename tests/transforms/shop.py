"""A project that is copied as a whole, with files that its image does not need."""

HEAD = "FROM python:3.12-slim\nWORKDIR /srv/shop\n"
WHOLE = HEAD + 'COPY . .\nCMD ["python", "main.py"]\n'
BASE = {
    "main.py": "from shop import serve\n",
    "shop/__init__.py": "def serve(): ...\n",
    "requirements.txt": "flask\n",
    "tests/test_shop.py": "from shop import serve\n" + "#" * 30_000,
    "docs/index.rst": "x" * 40_000,
    "README.md": "# Shop\n",
    ".git/objects/pack": "x" * 60_000,
}
