"""The table of top-level requirements: what each costs, and whether the application uses it."""

import json
from collections.abc import Iterator

from dockopt.facts.weights import Weighed, Weights
from dockopt.report.amounts import human
from dockopt.report.escaping import code, markdown, one_line

_HEAD = ("alone", "in all", "requirement", "use", "where", "because")


def requirements_text(name: str, weights: Weights) -> str:
    """The table for a terminal."""
    rows = [_HEAD, *(_row(weighed) for weighed in weights.all)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD) - 1)]
    lines = [f"{one_line(name)}: {summary(weights)}", ""]
    for alone, shared, *words in rows:
        cells = [alone.rjust(widths[0]), shared.rjust(widths[1])]
        cells += [word.ljust(width) for word, width in zip(words, widths[2:], strict=False)]
        lines.append("  ".join([*cells, words[-1]]).rstrip())
    return "\n".join([*lines, *_notes(weights)]) + "\n"


def requirements_markdown(name: str, weights: Weights) -> str:
    """The table as Markdown."""
    lines = [f"# Requirements of {code(name)}", "", markdown(summary(weights)) + ".", ""]
    lines += [f"| {' | '.join(_HEAD)} |", "| --: | --: | --- | --- | --- | --- |"]
    for row in map(_row, weights.all):
        lines.append(f"| {' | '.join(markdown(cell) for cell in row)} |")
    return "\n".join([*lines, *(markdown(note) for note in _notes(weights))]) + "\n"


def requirements_json(name: str, weights: Weights) -> str:
    """The table as JSON; sizes are in bytes, null where not known."""
    document = {
        "schema": 1,
        "file": name,
        "basis": weights.basis,
        "unknown": list(weights.unknown),
        "requirements": [_object(weighed) for weighed in weights.all],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def summary(weights: Weights) -> str:
    """How many there are, and how much is known of their bytes."""
    count = len(weights.all)
    unused = [weighed for weighed in weights.all if weighed.is_unused]
    text = f"{count} top-level requirement{'' if count == 1 else 's'}"
    if unused:
        alone = human(weights.unused_bytes)
        text += f", {len(unused)} of them never imported ({alone} that nothing else brings)"
    return text


def _row(weighed: Weighed) -> tuple[str, ...]:
    alone = "shared" if weighed.cost.also_needed_by else _amount(weighed.cost.bytes)
    why = weighed.because
    if weighed.cost.also_needed_by:
        why += f"; also brought by {', '.join(weighed.cost.also_needed_by[:3])}"
    elif len(weighed.chain) > 1:
        why += f"; {' → '.join(weighed.chain)}"
    if smaller := _smaller(weighed):
        why += f"; {smaller}"
    cells = (alone, _amount(weighed.shared), weighed.name, weighed.verdict, weighed.place, why)
    return tuple(one_line(cell) for cell in cells)


def _smaller(weighed: Weighed) -> str:
    """What a smaller variant would save, empty where none is known."""
    if weighed.cuda:
        return f"with the CPU build of torch {human(weighed.cuda)} less (--assume no-gpu)"
    saved = weighed.saved_by_variant
    if weighed.variant is None or saved is None or saved <= 0:
        return ""
    return f"{weighed.variant.name} is {human(saved)} smaller, without {weighed.variant.loses}"


def _amount(count: int) -> str:
    return human(count) if count else "?"


def _notes(weights: Weights) -> Iterator[str]:
    yield ""
    yield f"Bytes: {weights.basis}; lower bounds, for what is not known counts as nothing."
    if weights.unknown:
        shown = ", ".join(weights.unknown[:8])
        more = f" and {len(weights.unknown) - 8} more" if len(weights.unknown) > 8 else ""
        yield f"Nothing is known about {shown}{more}."


def _object(weighed: Weighed) -> dict[str, object]:
    return {
        "name": weighed.name,
        "file": weighed.file,
        "line": weighed.top.requirement.line or None,
        "run_line": weighed.run.instruction.line,
        "use": weighed.verdict,
        "because": weighed.because,
        "bytes_alone": weighed.cost.bytes,
        "bytes_in_all": weighed.shared,
        "also_brought_by": list(weighed.cost.also_needed_by),
        "brings": [{"name": m.name, "bytes": m.bytes} for m in weighed.cost.members],
        "chain": list(weighed.chain),
        "bytes_for_cuda": weighed.cuda,
        "smaller_variant": weighed.variant.name if weighed.variant else None,
        "smaller_variant_saves_bytes": weighed.saved_by_variant,
    }
