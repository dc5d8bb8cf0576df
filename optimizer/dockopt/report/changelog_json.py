"""The changelog for programs: while `schema` is 1, keys are added and none changes its meaning."""

import json
from collections.abc import Sequence
from typing import Any

from dockopt import __version__
from dockopt.report.amounts import human
from dockopt.report.outline import Outline, is_flag
from dockopt.result import ChangeRecord, LineRange, NotApplied, Rewrite
from dockopt.transform import Saving

SCHEMA = 1


def changelog_json(rewrites: Sequence[Rewrite], errors: Sequence[tuple[str, str, int]] = ()) -> str:
    """The changelog of `rewrites`; `errors` are files that failed: name, message, exit code.

    ASCII alone: a byte of the input that is not UTF-8 is a lone surrogate, written `\\udcXX`.
    """
    document = {
        "dockopt": __version__,
        "schema": SCHEMA,
        "files": [_file(Outline.of(rewrite)) for rewrite in rewrites],
        "errors": [
            {"file": name, "message": message, "exit_code": code} for name, message, code in errors
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _file(outline: Outline) -> dict[str, Any]:
    rewrite, largest, left = outline.rewrite, outline.largest, outline.largest_left
    return {
        "file": rewrite.file,
        "changed": rewrite.changed,
        "expected_saving": {
            "bytes": rewrite.saves_bytes,
            "human": human(rewrite.saves_bytes),
            "changes_without_a_figure": outline.unmeasured,
        },
        "largest": largest.id if largest else None,
        "largest_not_applied": left.record.id if left else None,
        "applied": [_record(record) for record in outline.applied],
        "not_applied": [_not_applied(entry) for entry in outline.not_applied],
        "declined": [
            {"transform": d.transform, "line": d.line, "reason": d.reason} for d in outline.declined
        ],
        "files": [
            {
                "path": f.path,
                "name": f.name,
                "created": f.before is None,
                "change": f.author,
                "text": f.after,
                "diff": f.diff(),
            }
            for f in rewrite.files
        ],
        "remarks": [{"text": r.text, "file": r.file, "line": r.line} for r in rewrite.remarks],
        "diff": rewrite.diff(),
    }


def _record(record: ChangeRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "transform": record.transform,
        "title": record.title,
        "level": str(record.level),
        "because": record.because,
        "line": record.line,
        "evidence": [{"text": e.text, "line": e.line, "file": e.file} for e in record.evidence],
        "saves": _saving(record.saves),
        "alters": list(record.alters),
        "before": [_range(r) for r in record.before],
        "after": [_range(r) for r in record.after],
        "files": list(record.files),
        "other_stage": record.other_stage or None,
    }


def _not_applied(entry: NotApplied) -> dict[str, Any]:
    flag = entry.flag if is_flag(entry.flag) else None
    return {**_record(entry.record), "kind": entry.kind, "reason": entry.reason, "flag": flag}


def _saving(saving: Saving) -> dict[str, Any]:
    known = saving.count is not None
    return {
        "bytes": saving.count,
        "human": human(saving.count) if saving.count is not None else None,
        "estimate": known,
        "basis": saving.basis,
    }


def _range(found: LineRange) -> dict[str, Any]:
    return {"first": found.first, "last": found.last, "text": found.text}
