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
    from dockopt.cache_edits import cache_edits
    from dockopt.chaining import install_run
    from dockopt.cleanup_edits import CleanupPlan, cleanup_edits, cleanup_plan, removes_packages
    from dockopt.copy_list import CopyList
    from dockopt.development_edits import without_development
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
    from dockopt.facts.buildkit import BuildKitSign, buildkit_sign, lacks_mounts
    from dockopt.facts.cache_plan import CachePlan, cache_plans
    from dockopt.facts.conda import cache_needed, clean_command, uncleaned_install
    from dockopt.facts.context_tree import context_tree, ignored_by_git
    from dockopt.facts.cuda_builds import CudaInstall
    from dockopt.facts.dev_use import DevUse
    from dockopt.facts.exec_form import exec_words
    from dockopt.facts.handover import Handover
    from dockopt.facts.http_probe import HttpProbe, calls_python, probe_of
    from dockopt.facts.ignorable import Ignorable, ignorable
    from dockopt.facts.install_moves import LateInstall
    from dockopt.facts.install_order import late_installs
    from dockopt.facts.installs import Install
    from dockopt.facts.leftovers import Tree
    from dockopt.facts.own_user import OwnUser
    from dockopt.facts.own_user_obstacles import user_obstacle
    from dockopt.facts.packages import (
        BuildPackage,
        base_difference,
        brought_anyway,
        bytes_saved,
        passing_packages,
        program_called,
        removed_later,
    )
    from dockopt.facts.packages import build_packages as stage_build_packages
    from dockopt.facts.pip import PipCommand
    from dockopt.facts.pip_cache import pip_cache_stays_out
    from dockopt.facts.production import surpluses
    from dockopt.facts.python_version import Named, agreed, excluded_by
    from dockopt.facts.removals import copies_for_one_run, removals_of_copies
    from dockopt.facts.scripts import unseen_script
    from dockopt.facts.slimming import Need, removals_of_full
    from dockopt.facts.slimming import needs as slim_needs
    from dockopt.facts.sole_use import installed_as, other_use
    from dockopt.facts.splitting import builds_upon
    from dockopt.facts.surplus import Surplus
    from dockopt.facts.unreached import Unreached, unreached
    from dockopt.facts.venv_plan import Receiver, VenvPlan
    from dockopt.facts.venvs import created_venvs
    from dockopt.facts.weights import Unused, Weighed, Weights
    from dockopt.ignore_edits import ignore_file
    from dockopt.knowledge.base_images import debian_end, python_end
    from dockopt.knowledge.debian import release as debian_release
    from dockopt.knowledge.prune import passive_modules
    from dockopt.knowledge.smaller_variants import CPU_INDEX
    from dockopt.knowledge.system_needs import compiles_at_run_time
    from dockopt.list_edits import REMOVE_LISTS, fixed_lists, idle_update
    from dockopt.mode_plan import mode_plans
    from dockopt.model import Copy, Dockerfile, ImageReference, PythonTag, Run, Stage, Unknown
    from dockopt.order_edits import order_edits
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
    from dockopt.start_edits import dev_use_edits
    from dockopt.syntax import Document, Instruction
    from dockopt.text import Delete, Edit, Insert, Move, Span, replace
    from dockopt.user_edits import own_user_edits
    from dockopt.variant_stages import VariantPlan, variant_plans
    from dockopt_templates import fragment

__all__ = [
    "CPU_INDEX",
    "LIST_BYTES",
    "REMOVE_LISTS",
    "UNMEASURED",
    "AptCommand",
    "BuildKitSign",
    "BuildPackage",
    "CachePlan",
    "Change",
    "CleanupPlan",
    "Command",
    "Copy",
    "CopyList",
    "CudaInstall",
    "Decline",
    "Delete",
    "DevUse",
    "Dockerfile",
    "Document",
    "Edit",
    "Evidence",
    "Example",
    "Facts",
    "Farewell",
    "Handover",
    "HttpProbe",
    "Ignorable",
    "ImageReference",
    "Insert",
    "Install",
    "Instruction",
    "LateInstall",
    "Level",
    "ListUse",
    "Move",
    "Named",
    "Need",
    "Opaque",
    "OwnUser",
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
    "Surplus",
    "Transform",
    "Tree",
    "Unknown",
    "Unreached",
    "Untouched",
    "Unused",
    "VariantPlan",
    "VenvPlan",
    "Weighed",
    "Weights",
    "Word",
    "agreed",
    "apt_recommended",
    "base_difference",
    "before_stage",
    "brought_anyway",
    "builder_body",
    "buildkit_sign",
    "builds_upon",
    "bytes_saved",
    "cache_edits",
    "cache_needed",
    "cache_plans",
    "calls_python",
    "clean_command",
    "cleanup_edits",
    "cleanup_plan",
    "compiles_at_run_time",
    "context_tree",
    "copies_for_one_run",
    "created_venvs",
    "debian_end",
    "debian_indexes",
    "debian_release",
    "dev_use_edits",
    "end_of_stage",
    "excluded_by",
    "exec_words",
    "fixed_lists",
    "fragment",
    "free_name",
    "full_base_split",
    "has_gap_above",
    "idle_update",
    "ignorable",
    "ignore_file",
    "ignored_by_git",
    "inherited_split",
    "install_run",
    "installed_as",
    "installed_before",
    "is_windows",
    "lacks_mounts",
    "late_install_split",
    "late_installs",
    "left_alone",
    "lists_left_behind",
    "lists_used_after",
    "may_have_old_pip",
    "mode_plans",
    "only_fetches_lists",
    "only_installs",
    "order_edits",
    "other_use",
    "own_user_edits",
    "owner_plans",
    "pass_example",
    "pass_proposals",
    "passing_packages",
    "passive_modules",
    "pip_cache_stays_out",
    "probe_of",
    "program_called",
    "python_end",
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
    "surpluses",
    "text_of",
    "uncleaned_install",
    "unreached",
    "unseen_script",
    "user_obstacle",
    "variant_plans",
    "with_newline",
    "without_comments",
    "without_development",
    "without_packages",
    "without_removals",
    "word_span",
]

_HOMES = {
    "dockopt.cache_edits": "cache_edits",
    "dockopt.chaining": "install_run",
    "dockopt.cleanup_edits": "CleanupPlan cleanup_edits cleanup_plan removes_packages",
    "dockopt.copy_list": "CopyList",
    "dockopt.development_edits": "without_development",
    "dockopt.editing": "RunEditor",
    "dockopt.facts": "Facts",
    "dockopt.facts.apt": "AptCommand",
    "dockopt.facts.apt_installed": "installed_before repeated_packages",
    "dockopt.facts.apt_lists": (
        "LIST_BYTES ListUse lists_left_behind lists_used_after only_fetches_lists"
    ),
    "dockopt.facts.apt_recommends": "Recommended apt_recommended recommends_decided",
    "dockopt.facts.bases": "debian_indexes is_windows may_have_old_pip",
    "dockopt.facts.buildkit": "BuildKitSign buildkit_sign lacks_mounts",
    "dockopt.facts.cache_plan": "CachePlan cache_plans",
    "dockopt.facts.conda": "cache_needed clean_command uncleaned_install",
    "dockopt.facts.context_tree": "context_tree ignored_by_git",
    "dockopt.facts.venvs": "created_venvs",
    "dockopt.facts.dev_use": "DevUse",
    "dockopt.facts.cuda_builds": "CudaInstall",
    "dockopt.facts.handover": "Handover",
    "dockopt.facts.ignorable": "Ignorable ignorable",
    "dockopt.facts.exec_form": "exec_words",
    "dockopt.facts.http_probe": "HttpProbe calls_python probe_of",
    "dockopt.facts.install_moves": "LateInstall",
    "dockopt.facts.install_order": "late_installs",
    "dockopt.facts.installs": "Install",
    "dockopt.facts.leftovers": "Tree",
    "dockopt.facts.own_user": "OwnUser",
    "dockopt.facts.own_user_obstacles": "user_obstacle",
    "dockopt.facts.packages": (
        "BuildPackage base_difference brought_anyway bytes_saved passing_packages program_called"
        " removed_later stage_build_packages"
    ),
    "dockopt.facts.pip": "PipCommand",
    "dockopt.facts.pip_cache": "pip_cache_stays_out",
    "dockopt.facts.python_version": "Named agreed excluded_by",
    "dockopt.facts.production": "surpluses",
    "dockopt.facts.removals": "copies_for_one_run removals_of_copies",
    "dockopt.facts.scripts": "unseen_script",
    "dockopt.facts.slimming": "Need removals_of_full slim_needs",
    "dockopt.facts.sole_use": "installed_as other_use",
    "dockopt.facts.splitting": "builds_upon",
    "dockopt.facts.unreached": "Unreached unreached",
    "dockopt.facts.surplus": "Surplus",
    "dockopt.facts.venv_plan": "Receiver VenvPlan",
    "dockopt.knowledge.base_images": "debian_end python_end",
    "dockopt.ignore_edits": "ignore_file",
    "dockopt.knowledge.debian": "debian_release",
    "dockopt.knowledge.prune": "passive_modules",
    "dockopt.knowledge.system_needs": "compiles_at_run_time",
    "dockopt.facts.weights": "Unused Weighed Weights",
    "dockopt.knowledge.smaller_variants": "CPU_INDEX",
    "dockopt.list_edits": "REMOVE_LISTS fixed_lists idle_update",
    "dockopt.mode_plan": "mode_plans",
    "dockopt.model": "Copy Dockerfile ImageReference PythonTag Run Stage Unknown",
    "dockopt.order_edits": "order_edits",
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
    "dockopt.start_edits": "dev_use_edits",
    "dockopt.syntax": "Document Instruction",
    "dockopt.text": "Delete Edit Insert Move Span replace",
    "dockopt.user_edits": "own_user_edits",
    "dockopt.variant_stages": "VariantPlan variant_plans",
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
