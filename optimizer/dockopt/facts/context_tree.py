"""What of a build context has to be in the image, as seen from the COPY that brings it."""

from dockopt.facts.container import Facts
from dockopt.facts.context import Context
from dockopt.facts.environments import absolute
from dockopt.facts.leftovers import Tree, kind_of
from dockopt.facts.mentions import Mentions
from dockopt.facts.project_builds import may_build_project, runs_after
from dockopt.model import Copy, Stage
from dockopt.syntax import Instruction


def context_tree(facts: Facts, stage: Stage, at: Instruction) -> Tree:
    """The context's root, parted by what is needed after the instruction `at` copied it.

    Raises ValueError where there is no context.
    """
    context = facts.context
    if context is None:
        raise ValueError("there is no build context")
    files = tuple(
        file
        for name in context.top_level()
        if context.sent(name) and not kind_of(context, name)
        for file in context.sent_files(name)
    )
    builds = may_build_project(runs_after(facts.dockerfile, stage, at)) or _installs_itself(context)
    copy = Copy.of(at)
    root = absolute(stage, at, copy.destination) if copy else None
    mentions = Mentions(facts.dockerfile, context, files, root or "/", builds)
    return Tree(context, mentions, builds)


def _installs_itself(context: Context) -> bool:
    """Whether a requirements file names the project."""
    for name in context.top_level():
        if name.startswith("requirements") and name.endswith(".txt"):
            lines = (context.read_text(name) or "").splitlines()
            if any(line.split("#")[0].split()[-1:] in (["."], ["./"]) for line in lines):
                return True
    return False


def ignored_by_git(context: Context, names: tuple[str, ...]) -> str:
    """Which of `names` git does not keep, as a reason not to name them; empty for none."""
    text = context.read_text(".gitignore")
    if not text:
        return ""
    import pathspec

    spec = pathspec.GitIgnoreSpec.from_lines(text.splitlines())
    for name in names:
        files = context.sent_files(name)
        if files and all(spec.match_file(file) for file in files):
            return f"git ignores {name}, so it may be missing where the image is built"
    return ""
