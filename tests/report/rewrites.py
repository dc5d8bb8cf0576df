"""Rewrites made by hand, for tests of reports."""

from dockopt.result import (
    ChangeRecord,
    Declined,
    LineRange,
    NotApplied,
    Remark,
    Rewrite,
    SourceEvidence,
    WrittenFile,
)
from dockopt.transform import Level, Saving

SOURCE = """FROM python:3.12-slim
COPY --from=builder /opt/venv /opt/venv
RUN chown -R app:app /opt/venv
RUN apt-get update && apt-get install -y curl
RUN pip install torch
"""
TEXT = """FROM python:3.12-slim
COPY --chown=app:app --from=builder /opt/venv /opt/venv
RUN apt-get update && apt-get install -y --no-install-recommends curl
RUN pip install torch
"""


WRITES = "dockerignore@5"


def record(
    line: int = 3,
    transform: str = "copy-chown",
    saves: Saving = Saving(180_000_000, "the files of `/opt/venv`, stored once more"),  # noqa: B008
    **other: object,
) -> ChangeRecord:
    values: dict[str, object] = {
        "title": "Give the files their owner while they are copied",
        "level": Level.STANDARD,
        "because": "the owner is the same, and nothing runs between",
        "evidence": (SourceEvidence("the chown names nothing else", line, None),),
        "alters": (),
        **other,
    }
    return ChangeRecord(
        id=f"{transform}@{line}",
        transform=transform,
        line=line,
        saves=saves,
        **values,  # type: ignore[arg-type]
    )


def rewrite() -> Rewrite:
    """Two changes, one that was not applied, one that was declined; not in the order of lines."""
    return Rewrite(
        "web/Dockerfile",
        SOURCE,
        TEXT,
        applied=(
            record(
                4,
                "apt-hygiene",
                Saving(None, "not known without a build"),
                title="Leave recommended packages out",
                because="the program needs what it depends on",
                level=Level.SAFE,
                alters=("files",),
                evidence=(SourceEvidence("calls curl alone", None, "health.sh"),),
                before=(LineRange(4, 4, "RUN apt-get update && apt-get install -y curl"),),
                after=(
                    LineRange(
                        3,
                        3,
                        "RUN apt-get update && apt-get install -y --no-install-recommends curl",
                    ),
                ),
            ),
            record(
                before=(
                    LineRange(
                        2,
                        3,
                        "COPY --from=builder /opt/venv /opt/venv\nRUN chown -R app:app /opt/venv",
                    ),
                ),
                after=(LineRange(2, 2, "COPY --chown=app:app --from=builder /opt/venv /opt/venv"),),
            ),
            record(
                5,
                "dockerignore",
                Saving(None, "these files go to stages that are not shipped"),
                title="Complete .dockerignore: 1 entry of the build context stays out",
                because="no instruction takes it, and nothing that stays names it",
                evidence=(SourceEvidence("version control, 9 bytes", None, ".git"),),
                files=(".dockerignore",),
            ),
        ),
        not_applied=(
            NotApplied(
                record(
                    5,
                    "cpu-torch",
                    Saving(4_100_000_000, "wheels of torch 2.5 with and without CUDA"),
                    title="Install torch without CUDA",
                    level=Level.ADVICE,
                ),
                "level",
                "whether there is a GPU is not written anywhere",
                "--assume no-gpu",
            ),
        ),
        declined=(Declined("split-builder", 1, "there are two stages already"),),
        files=(
            WrittenFile(".dockerignore", "web/.dockerignore", "*.log\n", "*.log\n.git\n", WRITES),
        ),
        remarks=(Remark("compose.yml:3 builds stage web, not the last one", "compose.yml", 3),),
    )


def hostile(text: str) -> Rewrite:
    """A rewrite that has `text` wherever foreign text can be."""
    found = record(
        title=text,
        because=text,
        saves=Saving(1, text),
        alters=(text,),
        evidence=(SourceEvidence(text, None, text), SourceEvidence(text, 1, None)),
        before=(LineRange(1, text.count("\n") + 1, text),),
        after=(LineRange(1, text.count("\n") + 1, text),),
        files=(text,),
    )
    return Rewrite(
        text,
        "FROM a\n",
        f"FROM a\n# {text}\n",
        applied=(found,),
        not_applied=(NotApplied(found, "guard", text, text),),
        declined=(Declined("idle", 1, text),),
        files=(WrittenFile(text, text, None, text, text),),
        remarks=(Remark(text, text, 1),),
    )


def nothing() -> Rewrite:
    """A rewrite that found nothing to do."""
    return Rewrite("Dockerfile", "FROM a\n", "FROM a\n", (), (), ())
