"""What transforms may use; plug-ins import from here and nowhere else in the engine."""

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
from dockopt.facts.context_tree import context_tree, ignored_by_git
from dockopt.facts.environments import created_venvs
from dockopt.facts.handover import Handover
from dockopt.facts.installs import Install
from dockopt.facts.leftovers import Tree
from dockopt.facts.packages import BuildPackage, base_difference, bytes_saved, program_called
from dockopt.facts.packages import build_packages as stage_build_packages
from dockopt.facts.pip import PipCommand
from dockopt.facts.pip_cache import pip_cache_stays_out
from dockopt.facts.removals import copies_for_one_run, removals_of_copies
from dockopt.facts.slimming import Need
from dockopt.facts.slimming import needs as slim_needs
from dockopt.facts.splitting import VenvPlan, builds_upon
from dockopt.knowledge.debian import release as debian_release
from dockopt.knowledge.prune import passive_modules
from dockopt.list_edits import REMOVE_LISTS, fixed_lists, idle_update
from dockopt.mode_plan import mode_plans
from dockopt.model import Copy, Dockerfile, ImageReference, PythonTag, Run, Stage, Unknown
from dockopt.owner_plan import owner_plans
from dockopt.package_edits import without_packages
from dockopt.passes import append_to_stage, passes_possible, prunable_handovers
from dockopt.shell import Command, Opaque, Script, Step, Word
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
    "Phase",
    "PipCommand",
    "Proposal",
    "PythonTag",
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
    "append_to_stage",
    "apt_recommended",
    "base_difference",
    "before_stage",
    "builder_body",
    "builds_upon",
    "bytes_saved",
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
    "has_gap_above",
    "idle_update",
    "ignored_by_git",
    "inherited_split",
    "installed_before",
    "is_windows",
    "late_install_split",
    "lists_left_behind",
    "lists_used_after",
    "may_have_old_pip",
    "mode_plans",
    "only_fetches_lists",
    "only_installs",
    "owner_plans",
    "passes_possible",
    "passive_modules",
    "pip_cache_stays_out",
    "program_called",
    "prunable_handovers",
    "recommends_decided",
    "relocation",
    "removal",
    "removals_of_copies",
    "removes_packages",
    "repeated_packages",
    "replace",
    "run_of",
    "single_stage_split",
    "slim_needs",
    "stage_build_packages",
    "stage_compiles",
    "text_of",
    "with_newline",
    "without_packages",
    "word_span",
]
