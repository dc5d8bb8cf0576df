"""Bytes in words; units are decimal, as `docker images` counts: 1 MB is 10^6 bytes."""

from dockopt.transform import Saving

_UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def human(count: int) -> str:
    """A number of bytes in the unit that fits: `290 MB`, `5.8 GB`, `512 bytes`."""
    size = abs(count)
    sign = "-" if count < 0 else ""
    for unit, name in _UNITS:
        if size >= unit * 0.9995:
            amount = size / unit
            return f"{sign}{amount:.1f} {name}" if amount < 9.95 else f"{sign}{amount:.0f} {name}"
    return f"{sign}{size} byte{'' if size == 1 else 's'}"


def difference(count: int) -> str:
    """What becomes of an image: `about 290 MB smaller`."""
    if not count:
        return "no smaller"
    return f"about {human(abs(count))} {'smaller' if count > 0 else 'larger'}"


def expected(saving: Saving, other_stage: str = "") -> str:
    """What a change is expected to do to the uncompressed image, with the basis of the number.

    `other_stage` is that of a change whose stage the image has nothing of.
    """
    if other_stage and saving.count:
        return (
            f"none of the image, which has nothing of stage {other_stage}; there it {_said(saving)}"
        )
    if saving.count is None:
        return f"unknown ({saving.basis})"
    if saving.count == 0:
        return f"none ({saving.basis})"
    return _said(saving)


def _said(saving: Saving) -> str:
    count = saving.count or 0
    verb = "saves" if count >= 0 else "adds"
    return f"{verb} about {human(abs(count))} (estimate: {saving.basis})"
