"""What each top-level requirement brings alone, by a lock file and by what is known of PyPI."""

from dockopt.facts.requirement_costs import Graph, costs
from dockopt.knowledge.lock_file import Lock, Required, read_lock
from dockopt.knowledge.markers import applies


def lock(*packages: tuple[str, str, int]) -> Lock:
    text = "".join(
        f'[[package]]\nname = "{name}"\nversion = "1"\ndependencies = [{needs}]\n'
        f'wheels = [{{ url = "https://f.example/{name}-1-py3-none-any.whl", size = {size} }}]\n'
        for name, needs, size in packages
    )
    found = read_lock("uv.lock", text)
    assert found is not None
    return found


def needs(*names: str) -> str:
    return ", ".join(f'{{ name = "{name}" }}' for name in names)


WEB = lock(
    ("front", needs("shared", "own"), 10),
    ("own", needs("deep"), 20),
    ("deep", "", 30),
    ("back", needs("shared"), 1),
    ("shared", "", 1000),
)


def roots(*names: str) -> dict[str, Required]:
    return {name: Required(name) for name in names}


def test_what_two_requirements_bring_counts_for_neither() -> None:
    front, back = costs(Graph(WEB, 12), roots("front", "back"))
    assert (front.name, front.bytes) == ("front", 60)
    assert [member.name for member in front.members] == ["deep", "own", "front"]
    assert (back.name, back.bytes) == ("back", 1)


def test_a_requirement_that_another_one_brings_costs_nothing_alone() -> None:
    found = {cost.name: cost for cost in costs(Graph(WEB, 12), roots("front", "shared"))}
    assert found["shared"].bytes == 0
    assert found["shared"].also_needed_by == ("front",)


def test_the_way_to_what_is_large_is_named() -> None:
    graph = Graph(WEB, 12)
    assert graph.path(Required("front"), "deep") == ("front", "own", "deep")
    assert graph.path(Required("back"), "deep") == ()


def test_markers_and_extras_decide() -> None:
    found = lock(
        ("a", '{ name = "win", marker = "sys_platform == \'win32\'" }', 1),
        ("b", '{ name = "c", extra = ["fast"] }', 2),
        ("c", "", 4),
        ("speedups", "", 8),
        ("win", "", 16),
    )
    extra = '[package.optional-dependencies]\nfast = [{ name = "speedups" }]\n'
    text = f'[[package]]\nname = "c"\nversion = "1"\n{extra}'
    with_extra = read_lock("uv.lock", text)
    assert with_extra is not None
    graph = Graph(Lock("uv.lock", (*with_extra.all, *found.all)), 12)
    assert graph.reached([Required("a")]) == {"a"}
    assert graph.reached([Required("b")]) == {"b", "c", "speedups"}
    assert graph.reached([Required("c")]) == {"c"}


def test_a_circle_ends() -> None:
    graph = Graph(lock(("a", needs("b"), 1), ("b", needs("a"), 2)), 12)
    assert graph.reached([Required("a")]) == {"a", "b"}


def test_without_a_lock_the_newest_versions_count() -> None:
    graph = Graph(None, 12)
    (cost,) = costs(graph, roots("fastapi"))
    assert {"fastapi", "starlette", "pydantic"} <= {member.name for member in cost.members}
    assert cost.bytes > 1_000_000
    assert "PyPI" in graph.basis


def test_what_nobody_knows_is_said() -> None:
    graph = Graph(None, 12)
    (cost,) = costs(graph, roots("a-distribution-that-nobody-made"))
    assert cost.bytes == 0
    assert cost.unknown == 1
    assert graph.missing == {"a-distribution-that-nobody-made"}


def test_a_marker_that_cannot_be_read_holds() -> None:
    assert applies("what is this", 12)
    assert applies("python_version >= '3.11'", 12)
    assert not applies("python_version < '3.11'", 12)
    assert not applies("platform_machine == 'aarch64'", 12)


def test_each_requirement_is_followed_once_however_many_there_are() -> None:
    class Counting(Graph):
        asked = 0

        def requires(self, name: str) -> tuple[Required, ...]:
            self.asked += 1
            return super().requires(name)

    graph = Counting(lock(*((f"d{n}", "", n) for n in range(200))), 12)
    found = costs(graph, roots(*(f"d{n}" for n in range(200))))
    assert [cost.bytes for cost in found[:2]] == [199, 198]
    assert graph.asked == 200
