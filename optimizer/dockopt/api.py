"""What transforms may use; plug-ins import from here and nowhere else in the engine.

What a transform says of itself (`Transform`, `Example`, `Level`) is here at once. Everything else is
loaded when it is first used: written as `api.RunEditor`, it costs nothing to those who only want to
know which transforms there are, and what a Dockerfile does not need is never loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dockopt.pass_example import pass_example
from dockopt.transform import (
    UNMEASURED,
    Change,
    Decline,
    Evidence,
    Example,
    Level,
    Phase,
    Proposal,
    Saving,
    Transform,
    Untouched,
)

if TYPE_CHECKING:
    from dockopt.chaining import install_run
    from dockopt.cleanup_edits import CleanupPlan, cleanup_edits, cleanup_plan, removes_packages
    from dockopt.copy_list import CopyList
    from dockopt.editing import RunEditor
    from dockopt.facts import Facts
    from dockopt.facts.apt import AptCommand
    from dockopt.facts.apt_installed import installed_before, repeated_packages
    from dockopt.facts.apt_lists import (
        LIST_BYTES,
        ListUse,
        lists_left_behind,
        lists_used_after,
        only_fetches_lists,
    )
    from dockopt.facts.apt_recommends import Recommended, apt_recommended, recommends_decided
    from dockopt.facts.bases import debian_indexes, is_windows, may_have_old_pip
    from dockopt.facts.conda import cache_needed, clean_command, uncleaned_install
    from dockopt.facts.context_tree import context_tree, ignored_by_git
    from dockopt.facts.handover import Handover
    from dockopt.facts.installs import Install
    from dockopt.facts.leftovers import Tree
    from dockopt.facts.packages import (
        BuildPackage,
        base_difference,
        bytes_saved,
        passing_packages,
        program_called,
        removed_later,
    )
    from dockopt.facts.packages import build_packages as stage_build_packages
    from dockopt.facts.pip import PipCommand
    from dockopt.facts.pip_cache import pip_cache_stays_out
    from dockopt.facts.removals import copies_for_one_run, removals_of_copies
    from dockopt.facts.scripts import unseen_script
    from dockopt.facts.slimming import Need, removals_of_full
    from dockopt.facts.slimming import needs as slim_needs
    from dockopt.facts.splitting import builds_upon
    from dockopt.facts.venv_plan import Receiver, VenvPlan
    from dockopt.facts.venvs import created_venvs
    from dockopt.knowledge.debian import release as debian_release
    from dockopt.knowledge.prune import passive_modules
    from dockopt.list_edits import REMOVE_LISTS, fixed_lists, idle_update
    from dockopt.mode_plan import mode_plans
    from dockopt.model import Copy, Dockerfile, ImageReference, PythonTag, Run, Stage, Unknown
    from dockopt.owner_plan import owner_plans
    from dockopt.package_edits import without_packages, without_removals
    from dockopt.passes import Pass, pass_proposals
    from dockopt.remarks import Farewell, left_alone
    from dockopt.remarks import without as without_comments
    from dockopt.shell import Command, Opaque, Script, Step, Word
    from dockopt.split_full import full_base_split
    from dockopt.split_inherited import inherited_split
    from dockopt.split_late import late_install_split
    from dockopt.split_single import single_stage_split
    from dockopt.staging import (
        before_stage,
        builder_body,
        end_of_stage,
        free_name,
        has_gap_above,
        only_installs,
        relocation,
        removal,
        run_of,
        stage_compiles,
        text_of,
        with_newline,
        word_span,
    )
    from dockopt.syntax import Document, Instruction
    from dockopt.text import Delete, Edit, Insert, Move, Span, replace
    from dockopt_templates import fragment

__all__ = [
    "LIST_BYTES",
    "REMOVE_LISTS",
    "UNMEASURED",
    "AptCommand",
    "BuildPackage",
    "Change",
    "CleanupPlan",
    "Command",
    "Copy",
    "CopyList",
    "Decline",
    "Delete",
    "Dockerfile",
    "Document",
    "Edit",
    "Evidence",
    "Example",
    "Facts",
    "Farewell",
    "Handover",
    "ImageReference",
    "Insert",
    "Install",
    "Instruction",
    "Level",
    "ListUse",
    "Move",
    "Need",
    "Opaque",
    "Pass",
    "Phase",
    "PipCommand",
    "Proposal",
    "PythonTag",
    "Receiver",
    "Recommended",
    "Run",
    "RunEditor",
    "Saving",
    "Script",
    "Span",
    "Stage",
    "Step",
    "Transform",
    "Tree",
    "Unknown",
    "Untouched",
    "VenvPlan",
    "Word",
    "apt_recommended",
    "base_difference",
    "before_stage",
    "builder_body",
    "builds_upon",
    "bytes_saved",
    "cache_needed",
    "clean_command",
    "cleanup_edits",
    "cleanup_plan",
    "context_tree",
    "copies_for_one_run",
    "created_venvs",
    "debian_indexes",
    "debian_release",
    "end_of_stage",
    "fixed_lists",
    "fragment",
    "free_name",
    "full_base_split",
    "has_gap_above",
    "idle_update",
    "ignored_by_git",
    "inherited_split",
    "install_run",
    "installed_before",
    "is_windows",
    "late_install_split",
    "left_alone",
    "lists_left_behind",
    "lists_used_after",
    "may_have_old_pip",
    "mode_plans",
    "only_fetches_lists",
    "only_installs",
    "owner_plans",
    "pass_example",
    "pass_proposals",
    "passing_packages",
    "passive_modules",
    "pip_cache_stays_out",
    "program_called",
    "recommends_decided",
    "relocation",
    "removal",
    "removals_of_copies",
    "removals_of_full",
    "removed_later",
    "removes_packages",
    "repeated_packages",
    "replace",
    "run_of",
    "single_stage_split",
    "slim_needs",
    "stage_build_packages",
    "stage_compiles",
    "text_of",
    "uncleaned_install",
    "unseen_script",
    "with_newline",
    "without_comments",
    "without_packages",
    "without_removals",
    "word_span",
]

_HOMES = {
    "dockopt.chaining": "install_run",
    "dockopt.cleanup_edits": "CleanupPlan cleanup_edits cleanup_plan removes_packages",
    "dockopt.copy_list": "CopyList",
    "dockopt.editing": "RunEditor",
    "dockopt.facts": "Facts",
    "dockopt.facts.apt": "AptCommand",
    "dockopt.facts.apt_installed": "installed_before repeated_packages",
    "dockopt.facts.apt_lists": (
        "LIST_BYTES ListUse lists_left_behind lists_used_after only_fetches_lists"
    ),
    "dockopt.facts.apt_recommends": "Recommended apt_recommended recommends_decided",
    "dockopt.facts.bases": "debian_indexes is_windows may_have_old_pip",
    "dockopt.facts.conda": "cache_needed clean_command uncleaned_install",
    "dockopt.facts.context_tree": "context_tree ignored_by_git",
    "dockopt.facts.venvs": "created_venvs",
    "dockopt.facts.handover": "Handover",
    "dockopt.facts.installs": "Install",
    "dockopt.facts.leftovers": "Tree",
    "dockopt.facts.packages": (
        "BuildPackage base_difference bytes_saved passing_packages program_called"
        " removed_later stage_build_packages"
    ),
    "dockopt.facts.pip": "PipCommand",
    "dockopt.facts.pip_cache": "pip_cache_stays_out",
    "dockopt.facts.removals": "copies_for_one_run removals_of_copies",
    "dockopt.facts.scripts": "unseen_script",
    "dockopt.facts.slimming": "Need removals_of_full slim_needs",
    "dockopt.facts.splitting": "builds_upon",
    "dockopt.facts.venv_plan": "Receiver VenvPlan",
    "dockopt.knowledge.debian": "debian_release",
    "dockopt.knowledge.prune": "passive_modules",
    "dockopt.list_edits": "REMOVE_LISTS fixed_lists idle_update",
    "dockopt.mode_plan": "mode_plans",
    "dockopt.model": "Copy Dockerfile ImageReference PythonTag Run Stage Unknown",
    "dockopt.owner_plan": "owner_plans",
    "dockopt.package_edits": "without_packages without_removals",
    "dockopt.passes": "Pass pass_proposals",
    "dockopt.remarks": "Farewell left_alone without_comments",
    "dockopt.shell": "Command Opaque Script Step Word",
    "dockopt.split_full": "full_base_split",
    "dockopt.split_inherited": "inherited_split",
    "dockopt.split_late": "late_install_split",
    "dockopt.split_single": "single_stage_split",
    "dockopt.staging": (
        "before_stage builder_body end_of_stage free_name has_gap_above only_installs "
        "relocation removal run_of stage_compiles text_of with_newline word_span"
    ),
    "dockopt.syntax": "Document Instruction",
    "dockopt.text": "Delete Edit Insert Move Span replace",
    "dockopt_templates": "fragment",
}
"""Where the names are that are loaded late; a test compares it with what type checkers are told."""
_RENAMED = {
    "stage_build_packages": "build_packages",
    "without_comments": "without",
    "slim_needs": "needs",
    "debian_release": "release",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

if not TYPE_CHECKING:  # a type checker would take every name for one that is there

    def __getattr__(name: str) -> Any:
        """Loads a name when it is first asked for: https://peps.python.org/pep-0562/."""
        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(_HOME_OF[name]), _RENAMED.get(name, name))
        globals()[name] = found
        return found
