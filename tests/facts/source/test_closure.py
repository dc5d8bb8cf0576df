"""What the entry points reach."""

from pathlib import Path

import pytest
from tests.facts.source.asking import facts, reached

from dockopt.facts.source.closure import Closure
from dockopt.model import Unknown

RUN = "CMD python main.py\n"


def test_imports_of_all_kinds(tmp_path: Path) -> None:
    files = {
        "main.py": "import app.a\nfrom app import b, VALUE\ndef f():\n    from app.c import x\n",
        "app/__init__.py": "from .d import *\n",
        "app/a.py": "from . import e\nfrom .sub.f import g\n",
        "app/b.py": "",
        "app/c.py": "",
        "app/d.py": "",
        "app/e.py": "",
        "app/sub/__init__.py": "",
        "app/sub/f.py": "from ..h import z\n",
        "app/h.py": "",
        "app/unused.py": "",
        "unused.py": "",
    }
    found = reached(tmp_path, files, RUN)

    assert found == set(files) - {"app/unused.py", "unused.py"}


def test_why_a_module_is_reached(tmp_path: Path) -> None:
    files = {"main.py": "import a\n", "a.py": "import b\n", "b.py": ""}
    found = facts(tmp_path, files, RUN).closure

    assert isinstance(found, Closure)
    assert found.chain("b.py") == ("CMD starts main.py", "main.py: imports a", "a.py: imports b")


def test_a_source_folder(tmp_path: Path) -> None:
    files = {"src/pkg/__init__.py": "", "src/pkg/web.py": "import pkg.db\n", "src/pkg/db.py": ""}

    assert reached(tmp_path, files, "CMD uvicorn pkg.web:app\n") == set(files)


def test_python_path(tmp_path: Path) -> None:
    files = {"main.py": "import shared\n", "libs/one/shared.py": ""}
    found = reached(tmp_path, files, "ENV PYTHONPATH=/app/libs/one\n" + RUN)

    assert "libs/one/shared.py" in found


def test_a_module_in_a_folder_that_only_sys_path_knows(tmp_path: Path) -> None:
    files = {"main.py": "sys.path.append('x')\nimport shared\n", "libs/one/shared.py": ""}

    assert "libs/one/shared.py" in reached(tmp_path, files, RUN)


def test_a_module_with_the_name_of_pythons_own(tmp_path: Path) -> None:
    files = {"main.py": "import logging\n", "app/logging.py": "import app.x\n", "app/x.py": ""}

    assert reached(tmp_path, files, RUN) == {"main.py"}


@pytest.mark.parametrize(
    "text",
    [
        "import importlib\nimportlib.import_module('plug.a')\n",
        "HANDLERS = {'x': 'plug.a:run'}\n",
        "scan('plug')\nP = 'plug.a'\n",
        "app.config_from_object('plug.a.Settings')\n",
        "import importlib\nimportlib.import_module(f'plug.{name}')\n",
        "queue.enqueue('plug.' + name)\n",
        "import importlib, os\nimportlib.import_module(os.environ['NAME'])\n",
        "import pkgutil, plug\nfor m in pkgutil.iter_modules(plug.__path__): pass\n",
    ],
)
def test_imports_by_name(tmp_path: Path, text: str) -> None:
    files = {"main.py": text, "plug/__init__.py": "", "plug/a.py": ""}

    assert "plug/a.py" in reached(tmp_path, files, RUN)


def test_an_import_that_only_the_run_tells_reaches_all_but_tests(tmp_path: Path) -> None:
    files = {
        "main.py": "import importlib, os\nimportlib.import_module(os.environ['NAME'])\n",
        "other.py": "",
        "tests/test_it.py": "",
    }
    found = facts(tmp_path, files, RUN).closure

    assert isinstance(found, Closure)
    assert found.is_everything
    assert set(found.reached) == {"main.py", "other.py"}
    assert "importlib.import_module" in found.widenings[0].because


def test_a_module_that_cannot_be_read_reaches_all(tmp_path: Path) -> None:
    files = {"main.py": "import old\n", "old.py": "print 'x'\n", "other.py": ""}
    found = facts(tmp_path, files, RUN).closure

    assert isinstance(found, Closure)
    assert "other.py" in found.reached
    assert set(found.unreadable) == {"old.py"}


def test_django(tmp_path: Path) -> None:
    files = {
        "manage.py": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings.dev')\n",
        "site1/__init__.py": "",
        "site1/settings/__init__.py": "",
        "site1/settings/base.py": (
            "INSTALLED_APPS = ['shop', 'blog.apps.BlogConfig']\n"
            "ROOT_URLCONF = 'site1.urls'\nMIDDLEWARE = ['site1.middleware.Slow']\n"
        ),
        "site1/settings/dev.py": "from .base import *\n",
        "site1/settings/production.py": "from .base import *\n",
        "site1/urls.py": "",
        "site1/middleware.py": "",
        "shop/__init__.py": "",
        "shop/management/commands/fill.py": "",
        "shop/migrations/0001_initial.py": "",
        "shop/tests.py": "",
        "blog/apps.py": "",
        "blog/models.py": "",
        "spare/__init__.py": "",
    }
    found = reached(tmp_path, files, "CMD python manage.py runserver\n")

    assert found == set(files) - {"shop/tests.py", "spare/__init__.py"}


def test_celery_discovers_tasks(tmp_path: Path) -> None:
    files = {
        "jobs.py": "app.autodiscover_tasks()\n",
        "mail/tasks.py": "import mail.send\n",
        "mail/send.py": "",
    }

    assert reached(tmp_path, files, "CMD celery -A jobs worker\n") == set(files)


def test_a_module_of_another_distribution_is_no_gap(tmp_path: Path) -> None:
    assert reached(tmp_path, {"main.py": "import flask\n"}, RUN) == {"main.py"}


@pytest.mark.parametrize(
    "command", ["CMD uvicorn gone.app:app\n", "CMD python gone.py\n", "CMD nginx\n"]
)
def test_what_is_not_in_the_context(tmp_path: Path, command: str) -> None:
    found = facts(tmp_path, {"main.py": ""}, command).closure

    assert isinstance(found, Unknown)


def test_without_a_context() -> None:
    from dockopt.facts import Facts
    from dockopt.model import build
    from dockopt.syntax import parse

    found = Facts(build(parse("FROM python:3.12\nCMD python main.py\n")))

    assert isinstance(found.closure, Unknown)
    assert found.entry_points is None
    assert found.requirement_uses is None
