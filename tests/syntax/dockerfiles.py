"""Hypothesis strategies that write Dockerfiles: ordinary ones, and ones that nobody would write."""

from hypothesis import strategies as st

from dockopt.model.dockerfile import KEYWORDS

NEWLINES = ("\n", "\r\n")
ODD_SPACE = st.sampled_from(
    [" ", "  ", "\t", "\v", "\f", "\x85", "\xa0", "\u2028", "\u3000", "\x1c"]
)
ODD_TEXT = st.text(
    st.one_of(
        st.sampled_from("ab 1='\"\\`$<>#-[]{}&|;,:/.\t"),
        st.sampled_from("é漢😀\udc80\udcff\u2028\x85\xa0\v\f\x1c\ufeff"),
    ),
    max_size=12,
)
WORD = st.one_of(
    st.sampled_from(
        ["a", "b=c", "/app", ".", "x.txt", "'q r'", '"s t"', "é", "😀", "$A", "${A:-b}"]
    ),
    st.sampled_from(["a\\ b", "`", "\\", "--z", "--", "=", "#", "a#b", "<", "<<", "\udc80"]),
    ODD_TEXT.map(lambda text: text.replace("\n", "")),
)
ANY_KEYWORD = st.sampled_from([*sorted(KEYWORDS), "NONSENSE", "run", "Env", "oNbUiLd"])
FLAG = st.sampled_from(
    [
        "--from=x",
        "--platform=$P",
        "--chown=a:b",
        "--link",
        "--mount=type=cache,target=/c",
        '--x="a b"',
        "--y='c d'",
        "--z=a\\ b",
        "--interval=3s",
        "--ü=à",
    ]
)
JSON = st.sampled_from(
    [
        '["a","b"]',
        "[]",
        '[ "a" , "b\\n" ]',
        '["é"]',
        "[1]",
        '["a"',
        '["a"] b',
        '["\\ud800"]',
        "[NaN]",
    ]
)
COMMENT = st.sampled_from(
    ["# note", "#", "  # indented", "# é 😀", "# ends with \\", "# ends with `"]
)
BLANK = st.sampled_from(["", "  ", "\t"])
DIRECTIVE = st.sampled_from(
    [
        "# syntax=docker/dockerfile:1",
        "# escape=`",
        "# escape=\\",
        "#escape = ` ",
        "  # escape=`",
        "# other=1",
        "# escape=x",
        "#\xa0syntax=y",
    ]
)


@st.composite
def arguments(draw: st.DrawFn) -> str:
    """Flags and arguments, in JSON or shell form."""
    flags = draw(st.lists(FLAG, max_size=2))
    rest = draw(st.one_of(JSON, st.lists(WORD, max_size=4).map(" ".join), ODD_TEXT))
    return draw(ODD_SPACE).join([*flags, rest])


@st.composite
def heredoc(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A `<<NAME`, and the lines up to its terminator."""
    name = draw(st.sampled_from(["EOF", "E1", "a-b", "A B", "é"]))
    mark = draw(st.sampled_from(["<<", "<<-", "3<<"]))
    quote = draw(st.sampled_from(["'", '"'] if " " in name else ["", "'", '"']))
    lines = draw(st.lists(st.sampled_from(["x", "\ty", "# z", "", f"{name} ", "w \\"]), max_size=3))
    tab = draw(st.sampled_from(["", "\t"])) if mark == "<<-" else ""
    return f"{mark}{quote}{name}{quote}", [*lines, f"{tab}{name}"]


@st.composite
def continued(draw: st.DrawFn, text: str, escape: str) -> list[str]:
    """`text` broken into continued lines, with comments and blank lines between them."""
    lines: list[str] = []
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        lines.append(text[:at] + escape + draw(st.sampled_from(["", " ", "\t"])))
        lines += draw(st.lists(st.one_of(COMMENT, BLANK), max_size=2))
        text = draw(st.sampled_from(["", "  "])) + text[at:]
    return [*lines, text]


@st.composite
def instruction(draw: st.DrawFn, escape: str) -> list[str]:
    """The lines of one instruction."""
    keyword = draw(ANY_KEYWORD)
    if keyword == "ONBUILD":
        keyword += " " + draw(ANY_KEYWORD)
    text = keyword + draw(ODD_SPACE) + draw(arguments())
    documents: list[str] = []
    if draw(st.integers(0, 3)) == 0:
        for mark, lines in draw(st.lists(heredoc(), min_size=1, max_size=2)):
            text += f" {mark}"
            documents += lines
    return [*draw(continued(text, escape)), *documents]


@st.composite
def dockerfiles(draw: st.DrawFn) -> str:
    """A Dockerfile, valid or not."""
    directives = draw(st.lists(DIRECTIVE, max_size=2))
    escape = "`" if any("`" in line for line in directives) else "\\"
    lines = list(directives)
    for _ in range(draw(st.integers(0, 4))):
        lines += draw(st.one_of(instruction(escape), COMMENT.map(_one), BLANK.map(_one)))
    newline = draw(st.sampled_from(NEWLINES))
    end = draw(st.sampled_from(["", newline]))
    return draw(st.sampled_from(["", "\ufeff"])) + newline.join(lines) + end


def _one(line: str) -> list[str]:
    return [line]
