"""A `chown -R` step that only keeps what no COPY can do."""

from collections.abc import Iterator
from dataclasses import dataclass

from dockopt.editing import RunEditor
from dockopt.facts.claims import Claim
from dockopt.facts.ownership import ChangeOwner
from dockopt.shell import Word


@dataclass
class OwnerStep:
    """Edits one step of a RUN, whose claims the COPYs take over."""

    editor: RunEditor
    change: ChangeOwner
    claims: list[Claim]
    login_group: str

    def rewrite(self) -> bool:
        """Edits the step; whether anything is left of it."""
        claimed = {id(claim.word) for claim in self.claims}
        kept = [word for word in self.change.paths if id(word) not in claimed]
        extra = list(self._extra())
        if kept:
            self.editor.remove_words(claim.word for claim in self.claims)
            self._name_folders(extra)
            self.editor.follow_step(self.change.step, *extra)
            return True
        return self._plain(extra)

    def _extra(self) -> Iterator[str]:
        for claim in self.claims:
            if claim.others:
                yield _find(claim, self.login_group)

    def _name_folders(self, extra: list[str]) -> None:
        folders = [f for claim in self.claims if not claim.others for f in claim.folders]
        if folders:
            name, owner = self.change.command.name, self.change.owner_word.text
            extra.insert(0, f"{name} {owner} {' '.join(folders)}")

    def _plain(self, extra: list[str]) -> bool:
        """No folder stays recursive: the step loses its `-R`, and names folders instead."""
        plain = [claim for claim in self.claims if not claim.others]
        folders = [folder for claim in plain for folder in claim.folders]
        step = self.change.step
        if not folders:
            if extra:
                self.editor.replace(step.start, step.end, extra[0])
                self.editor.follow_step(step, *extra[1:])
            return bool(extra)
        self._less_flags()
        own = {claim.path for claim in plain}
        gone = [c.word for c in self.claims if c.others or c.path not in c.folders]
        self.editor.remove_words(gone)
        more = [folder for folder in folders if folder not in own]
        last = self.change.paths[-1].end
        if more:
            self.editor.insert_after(last, "".join(f" {folder}" for folder in more))
        self.editor.follow_step(step, *extra)
        return True

    def _less_flags(self) -> None:
        for word in self.change.flags:
            if word.text in ("-R", "--recursive"):
                self._remove(word)
            elif word.text.startswith("-") and not word.text.startswith("--") and "R" in word.text:
                self.editor.replace(word.start, word.end, word.text.replace("R", ""))

    def _remove(self, word: Word) -> None:
        """A flag before the owner goes with the white space after it."""
        text = self.editor.run.logical.text
        end = word.end
        if word.start > self.change.owner_word.start:
            self.editor.remove_words([word])
            return
        while text[end : end + 1] in (" ", "\t"):
            end += 1
        self.editor.delete(word.start, end)


def _find(claim: Claim, login_group: str) -> str:
    """The command that gives away what is below a folder and has another owner."""
    owner = claim.change.owner
    user, group = owner.user, login_group if owner.login_group else owner.group
    if user and group:
        test = f"\\( ! -user {user} -o ! -group {group} \\)"
    else:
        test = f"! -user {user}" if user else f"! -group {group}"
    name = claim.change.command.name
    text = claim.change.owner_word.text
    return f"find {claim.word.text} {test} -exec {name} -h {text} {{}} +"
