"""Keep pip's download cache out of shipped layers.

## What it does
x
"""
from collections.abc import Iterator
from dockopt.api import *
transform = Transform(__name__, phase=Phase.COMMANDS, level=Level.SAFE)
from dockopt.editing import RunEditor
def propose(facts: Facts) -> Iterator[Proposal]:
    for stage in facts.shipped:
        for run in stage.runs:
            if isinstance(run.script, Opaque): continue
            ed=RunEditor(facts.document, run)
            n=0
            for c in run.script.commands:
                if c.name in('pip','pip3') and c.values[:1]==('install',) and not c.has('--no-cache-dir'):
                    ed.insert_after(c.args[0].end,' --no-cache-dir'); n+=1
            if n:
                yield Change("x",Level.SAFE,"y",ed.edits(),run.instruction.span.start)
