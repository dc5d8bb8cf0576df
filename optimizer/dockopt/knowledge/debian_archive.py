"""A whole Debian package index in memory: what `debian_refresh` selects from.

The format: https://www.debian.org/doc/debian-policy/ch-controlfields.html,
https://wiki.debian.org/DebianRepository/Format.
"""

import re
from collections.abc import Iterable, Iterator

from dockopt.immutable import immutable
from dockopt.knowledge.debian_version import satisfies

MAX_PROVIDERS = 6
WHOLE_SECTIONS = {
    *("libs", "oldlibs", "libdevel", "introspection"),
    *("database", "httpd", "vcs", "shells", "admin"),
}
STANDARD_PRIORITIES = {"required", "important", "standard"}
RUNTIME_SECTIONS = {"libs", "oldlibs", "introspection"}
NOT_NAMED = ("librust-", "libghc-", "node-", "golang-")
"""Virtual names by the thousand that nobody asks for but other packages."""
RELATION_FIELDS = ("Pre-Depends", "Depends", "Recommends")
DEVELOPMENT = re.compile(r"(?:-|multi)dev(?:-compat)?$")
RELATION = re.compile(r"\s*([^\s:(|,]+)(?::\w+)?\s*(?:\(\s*([<>=]+)\s*([^)\s]+)\s*\))?")

Groups = list[list[str]]


@immutable(slots=True)
class Stanza:
    """One package of the index; relations still carry their versions."""

    fields: dict[str, str]

    def get(self, field: str) -> str:
        """The text of a field, empty when absent."""
        return self.fields.get(field, "")

    @property
    def source(self) -> str:
        """The source package, without the version that a rebuild adds in parentheses."""
        return (self.get("Source") or self.get("Package")).split()[0]

    @property
    def section(self) -> str:
        """The section without an area such as `contrib/`."""
        return self.get("Section").rpartition("/")[2]

    @property
    def wanted(self) -> bool:
        """Whether it is kept without being named; what other architectures run is not."""
        standard = self.get("Priority") in STANDARD_PRIORITIES
        return standard or (self.section in WHOLE_SECTIONS and "-cross" not in self.get("Package"))

    @property
    def flags(self) -> str:
        """L: runtime library or typelib; D: development package."""
        if DEVELOPMENT.search(self.get("Package")):
            return "D"
        return "L" if self.section in RUNTIME_SECTIONS else ""


class Archive:
    """A whole index in memory, able to say which alternatives can be installed."""

    def __init__(self, text: str) -> None:
        self.packages = {stanza.get("Package"): stanza for stanza in _stanzas(text)}
        self.provides: dict[str, list[tuple[str, str]]] = {}
        for name, stanza in self.packages.items():
            for virtual, _, version in _relations(stanza.get("Provides")):
                if virtual != name:
                    self.provides.setdefault(virtual, []).append((name, version))
        for providers in self.provides.values():
            providers.sort(key=lambda provider: self._rank(provider[0]))

    def _rank(self, name: str) -> tuple[int, str]:
        order = ("required", "important", "standard", "optional", "extra")
        priority = self.packages[name].get("Priority")
        return (order.index(priority) if priority in order else len(order), name)

    def installable(self, name: str, operator: str, version: str) -> bool:
        """Whether a real package or a provided one satisfies the relation."""
        stanza = self.packages.get(name)
        if stanza and satisfies(stanza.get("Version"), operator, version):
            return True
        return any(
            not operator or (provided and satisfies(provided, operator, version))
            for _, provided in self.provides.get(name, [])
        )

    def reals(self, name: str) -> list[str]:
        """The package itself, or the providers of a virtual one."""
        if name in self.packages:
            return [name]
        return [provider for provider, _ in self.provides.get(name, [])[:MAX_PROVIDERS]]

    def groups(self, stanza: Stanza, *fields: str) -> Groups:
        """The alternatives that can be installed, relation by relation; impossible ones drop."""
        found: Groups = []
        for relation in ",".join(stanza.get(field) for field in fields).split(","):
            wanted = [each for option in relation.split("|") for each in _relations(option)]
            possible = (name for name, *rest in wanted if self.installable(name, *rest))
            names = list(dict.fromkeys(possible))
            if names and names not in found:
                found.append(names)
        return found

    def chosen(self, group: list[str]) -> str:
        """What apt installs for a relation when nothing satisfies it yet."""
        return group[0] if group[0] in self.packages else self.provides[group[0]][0][0]

    def wanted(self) -> set[str]:
        """The packages that are kept without being named."""
        return {name for name, stanza in self.packages.items() if stanza.wanted}

    def required(self) -> list[str]:
        """The packages of priority `required`, sorted."""
        packages = self.packages.items()
        return sorted(name for name, stanza in packages if stanza.get("Priority") == "required")

    def virtual(self, selected: set[str]) -> Iterator[tuple[str, list[str]]]:
        """Virtual packages that something selected provides, with their providers."""
        used = {
            name
            for each in selected
            for group in self.groups(self.packages[each], *RELATION_FIELDS)
            for name in group
        }
        for name, provided in self.provides.items():
            providers = list(dict.fromkeys(provider for provider, _ in provided))
            wanted = name in used or not name.startswith(NOT_NAMED)
            if wanted and not selected.isdisjoint(providers):
                yield name, providers[:MAX_PROVIDERS]

    def closed(self, seeds: Iterable[str]) -> set[str]:
        """The seeds with all they depend on or recommend, by their real names."""
        selected: set[str] = set()
        waiting = list(seeds)
        while waiting:
            for name in set(self.reals(waiting.pop())) - selected:
                selected.add(name)
                groups = self.groups(self.packages[name], *RELATION_FIELDS)
                waiting += [self.chosen(group) for group in groups]
        return selected


def _stanzas(text: str) -> Iterator[Stanza]:
    for paragraph in text.split("\n\n"):
        fields = dict(re.findall(r"^([\w-]+): (.*)$", paragraph, re.M))
        if "Package" in fields:
            yield Stanza(fields)


def _relations(text: str) -> list[tuple[str, str, str]]:
    """(name, operator, version) of each comma-separated relation without alternatives."""
    matches = (RELATION.match(part) for part in text.split(",") if part.strip())
    return [(match[1], match[2] or "", match[3] or "") for match in matches if match]
