"""The `strip-binaries` fragment: which files it replaces, and which it must leave as they are."""

import ast
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from dockopt_templates import fragment

SITE = "lib/python3.11/site-packages"
TAIL = b"symbols stand here " * 400
PAYLOAD = bytes(range(256)) * 32

FAKE_STRIP = """#!{python}
import struct, sys
from pathlib import Path

def put(at, form, value):
    global data
    packed = struct.pack(order + form, value)
    data = data[:at] + packed + data[at + len(packed):]

def drop_symbols():
    global data
    cut = data.index({tail!r})
    data = data[:cut] + data[cut + len({tail!r}):]
    put(40 if wide else 32, "Q" if wide else "I", cut)

copy, source = sys.argv[-2:]
data = Path(source).read_bytes()
wide, order = data[4] == 2, "<" if data[5] == 1 else ">"
{action}
Path(copy).write_bytes(data)
"""
"""A stand-in for binutils: what it writes is decided by the test, whatever version is installed."""

DROP_SYMBOLS = "drop_symbols()\n"
MOVE_SEGMENT = """
drop_symbols()
put(64 + 56 + 8 if wide else 52 + 32 + 4, "Q" if wide else "I", 8192 + {by})
put(40 if wide else 32, "Q" if wide else "I", len(data) - (64 if wide else 40) + {by})
data = data[:8192] + bytes({by}) + data[8192:]
"""
"""Moves the second segment in the file and leaves its address as it was."""


def rendered(**values: object) -> str:
    return fragment(
        "strip-binaries", **{"python": "/opt/venv/bin/python", "venv": "/opt/venv", **values}
    )


def body(text: str) -> str:
    """The script between the heredoc's first line and its delimiter."""
    lines = text.split("\n")
    start = next(at for at, line in enumerate(lines) if line.endswith("<<'STRIP'"))
    return "\n".join(lines[start + 1 : lines.index("STRIP")]) + "\n"


def elf(*, wide: bool = True, order: str = "<", kind: int = 3, align: int = 4096) -> bytes:
    """An ELF file with two loaded segments, at 0 and at 8192, and nothing else."""
    header, step, section_step = (64, 56, 64) if wide else (52, 32, 40)
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1 if order == "<" else 2, 1]) + bytes(9)
    numbers = (kind, 62, 1, 0, header, 0, 0, header, step, 2, section_step, 0, 0)
    data = ident + struct.pack(order + ("HHIQQQI6H" if wide else "HHIIIII6H"), *numbers)
    for offset in (0, 8192):
        where = (offset, offset, 0, 8192, 8192)
        if wide:
            data += struct.pack(order + "II6Q", 1, 5, *where, align)
        else:
            data += struct.pack(order + "8I", 1, *where, 5, align)
    return data.ljust(8192, b"\1") + PAYLOAD


def with_table(data: bytes) -> bytes:
    """The file with symbols and, behind them, a section table with one empty section."""
    wide, order = data[4] == 2, "<" if data[5] == 1 else ">"
    size = 64 if wide else 40
    table = struct.pack(order + ("Q" if wide else "I"), len(data) + len(TAIL))
    at, count_at = (40, 60) if wide else (32, 48)
    data = data[:at] + table + data[at + len(table) :]
    data = data[:count_at] + struct.pack(order + "H", 1) + data[count_at + 2 :]
    return data + TAIL + bytes(size)


class Lab:
    """A virtual environment with made-up files, and the `strip` that the test wants."""

    def __init__(self, root: Path) -> None:
        self.root = root / "venv"
        self.tools = root / "tools"
        self.site = self.root / SITE
        self.site.mkdir(parents=True)
        self.tools.mkdir()
        (self.root / "pyvenv.cfg").write_text("home = /usr/bin\n")

    def write(self, path: str, data: bytes, mode: int = 0o644) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        file.chmod(mode)
        os.utime(file, ns=(1_000_000_000, 1_600_000_000_123_456_789))
        return file

    def fake_strip(self, action: str = DROP_SYMBOLS, by: int = 0) -> None:
        tool = self.tools / "strip"
        text = FAKE_STRIP.format(python=sys.executable, tail=TAIL, action=action.format(by=by))
        tool.write_text(text)
        tool.chmod(0o755)

    def strip(self, *, path: str | None = None, status: int = 0) -> str:
        """Runs the rendered script; returns all that it printed."""
        text = body(rendered(python=sys.executable, venv=str(self.root)))
        done = subprocess.run(
            [sys.executable, "-I", "-"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": str(self.tools) if path is None else path},
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    made = Lab(tmp_path)
    made.fake_strip()
    return made


KINDS = [(True, "<"), (True, ">"), (False, "<"), (False, ">")]


@pytest.mark.parametrize(("wide", "order"), KINDS)
def test_file_is_replaced_by_its_stripped_copy(lab: Lab, wide: bool, order: str) -> None:
    file = lab.write(f"{SITE}/a.so", with_table(elf(wide=wide, order=order)), 0o555)
    before = file.stat()
    output = lab.strip()
    after = file.stat()
    assert TAIL not in file.read_bytes()
    assert (after.st_mode, after.st_mtime_ns, after.st_uid) == (
        before.st_mode,
        before.st_mtime_ns,
        before.st_uid,
    )
    assert output.startswith("strip-binaries: 0.0 MB freed in 1 files\n")


@pytest.mark.parametrize(("wide", "order"), KINDS)
def test_copy_whose_segment_is_out_of_step_with_its_address(
    lab: Lab, wide: bool, order: str
) -> None:
    """What strip makes of files that patchelf has been at: glibc would refuse to load it."""
    lab.fake_strip(MOVE_SEGMENT, by=8)
    original = with_table(elf(wide=wide, order=order))
    file = lab.write(f"{SITE}/a.libs/libx.so.3", original)
    output = lab.strip()
    assert file.read_bytes() == original
    assert f"1 kept, more than symbols would change: {SITE}/a.libs/libx.so.3" in output


def test_alignment_larger_than_a_page_counts(lab: Lab) -> None:
    """A segment that is in step with 4 KiB pages, but not with the alignment it asks for."""
    lab.fake_strip(MOVE_SEGMENT, by=4096)
    original = with_table(elf(align=65536))
    file = lab.write(f"{SITE}/a.so", original)
    assert "more than symbols would change" in lab.strip()
    assert file.read_bytes() == original


def test_alignment_below_a_page_does_not_excuse_a_segment(lab: Lab) -> None:
    lab.fake_strip(MOVE_SEGMENT, by=8)
    original = with_table(elf(align=8))
    file = lab.write(f"{SITE}/a.so", original)
    assert "more than symbols would change" in lab.strip()
    assert file.read_bytes() == original


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (
            DROP_SYMBOLS + "data = data[:9000] + b'?' + data[9001:]",
            "more than symbols would change",
        ),
        (DROP_SYMBOLS + "data = data[:24] + b'?' + data[25:]", "more than symbols would change"),
        (DROP_SYMBOLS + "data = data[:-900]", "more than symbols would change"),
        ("data = data + b'more'", "nothing to strip"),
        ("", "nothing to strip"),
        ("sys.exit(1)", "refused by strip"),
    ],
    ids=["byte of code", "entry point", "cut short", "larger", "same", "refused"],
)
def test_copy_that_is_no_improvement_is_thrown_away(lab: Lab, action: str, reason: str) -> None:
    lab.fake_strip(action)
    original = with_table(elf())
    file = lab.write(f"{SITE}/a.so", original)
    assert reason in lab.strip()
    assert file.read_bytes() == original
    assert sorted(path.name for path in lab.root.iterdir()) == ["lib", "pyvenv.cfg"]


def test_data_behind_the_last_section_stay(lab: Lab) -> None:
    """Self-extracting programs keep their payload there, and strip cuts it off."""
    program = with_table(elf(kind=2)) + b"payload of the program"
    file = lab.write("bin/tool", program, 0o755)
    assert "1 kept, more than symbols would change: bin/tool" in lab.strip()
    assert file.read_bytes() == program


def test_padding_behind_the_last_section_is_no_data(lab: Lab) -> None:
    file = lab.write(f"{SITE}/a.so", with_table(elf()) + bytes(24))
    lab.strip()
    assert TAIL not in file.read_bytes()


@pytest.mark.parametrize(
    ("path", "data", "mode"),
    [
        (f"{SITE}/a.o", with_table(elf(kind=1)), 0o755),
        (f"{SITE}/a.bin", with_table(elf()), 0o644),
        (f"{SITE}/a.so", b"GROUP ( libx.so.3 )\n", 0o644),
        (f"{SITE}/a.so", b"", 0o644),
        (f"{SITE}/a.so", b"\x7fELF", 0o644),
        (f"{SITE}/a.a", b"!<arch>\n", 0o755),
        ("bin/script", b"#!/bin/sh\n", 0o755),
    ],
    ids=["object", "neither library nor program", "linker script", "empty", "cut", "archive", "sh"],
)
def test_other_files_are_not_touched(lab: Lab, path: str, data: bytes, mode: int) -> None:
    lab.fake_strip("raise SystemExit('must not run')")
    file = lab.write(path, data, mode)
    assert lab.strip() == "strip-binaries: 0.0 MB freed in 0 files\n"
    assert file.read_bytes() == data


@pytest.mark.parametrize("name", ["fips.so", "libsoftokn3.so"])
def test_files_that_check_their_own_bytes_stay(lab: Lab, name: str) -> None:
    file = lab.write(f"{SITE}/{name}", with_table(elf()))
    lab.write(f"{SITE}/libsoftokn3.chk", b"signature")
    assert f"checks its own bytes: {SITE}/{name}" in lab.strip()
    assert TAIL in file.read_bytes()


def test_links_are_not_followed(lab: Lab, tmp_path: Path) -> None:
    outside = tmp_path / "python3"
    outside.write_bytes(with_table(elf(kind=2)))
    outside.chmod(0o755)
    (lab.root / "bin").mkdir()
    (lab.root / "bin/python").symlink_to(outside)
    (lab.root / "lib64").symlink_to("lib")
    file = lab.write(f"{SITE}/a.so.1", with_table(elf()))
    (lab.site / "a.so").symlink_to("a.so.1")
    assert "in 1 files" in lab.strip()
    assert TAIL in outside.read_bytes()
    assert TAIL not in file.read_bytes()
    assert (lab.site / "a.so").is_symlink()


def test_file_with_two_names_stays_one_file(lab: Lab) -> None:
    file = lab.write(f"{SITE}/a.so", with_table(elf()))
    (lab.site / "b.so").hardlink_to(file)
    assert "linked more than once" in lab.strip()
    assert (lab.site / "b.so").samefile(file)


def test_link_into_an_installer_cache_leaves_the_cache_alone(lab: Lab, tmp_path: Path) -> None:
    cache = tmp_path / "cache.so"
    cache.write_bytes(with_table(elf()))
    (lab.site / "a.so").hardlink_to(cache)
    assert "in 1 files" in lab.strip()
    assert TAIL in cache.read_bytes()
    assert TAIL not in (lab.site / "a.so").read_bytes()


def test_odd_names(lab: Lab) -> None:
    names = ["it's a lib.so", "-o.so", "new\nline.so", 'say "hi".so.1.2']
    files = [lab.write(f"{SITE}/{name}", with_table(elf())) for name in names]
    assert "in 4 files" in lab.strip()
    assert [file for file in files if TAIL in file.read_bytes()] == []


def test_missing_strip_fails_the_build(lab: Lab, tmp_path: Path) -> None:
    file = lab.write(f"{SITE}/a.so", with_table(elf()))
    output = lab.strip(path=str(tmp_path / "nothing"), status=1)
    assert "strip-binaries: there is no strip command; install binutils" in output
    assert TAIL in file.read_bytes()


def test_what_is_no_virtual_environment_is_refused(lab: Lab) -> None:
    file = lab.write(f"{SITE}/a.so", with_table(elf()))
    (lab.root / "pyvenv.cfg").unlink()
    assert "No such file or directory: 'pyvenv.cfg'" in lab.strip(status=1)
    assert TAIL in file.read_bytes()


def compile_library(target: Path, *options: str) -> Path:
    """A small shared library with symbols, made by the compiler of this machine."""
    gcc = shutil.which("gcc")
    if not gcc or not shutil.which("strip"):
        pytest.skip("gcc and binutils are not installed")
    source = target.with_suffix(".c")
    source.write_text(
        "static int half(int x) { return x / 2; }\nint four(void) { return half(8); }\n"
    )
    flags = ["-g", "-shared", "-fPIC", *options]
    subprocess.run([gcc, *flags, "-o", str(target), str(source)], check=True)
    source.unlink()
    return target


def four(library: Path) -> int:
    """What a fresh process gets from the library."""
    code = "import ctypes, sys; print(ctypes.CDLL(sys.argv[1]).four())"
    done = subprocess.run(
        [sys.executable, "-c", code, library], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.parametrize("page", [4096, 65536])
def test_real_library_is_smaller_and_still_loads(lab: Lab, page: int) -> None:
    library = compile_library(lab.site / "real.so", f"-Wl,-z,max-page-size={page}")
    before = library.stat().st_size
    output = lab.strip(path=os.environ["PATH"])
    assert "in 1 files" in output
    assert library.stat().st_size < before
    assert four(library) == 4


def test_second_run_finds_nothing_to_strip(lab: Lab) -> None:
    library = compile_library(lab.site / "real.so")
    lab.strip(path=os.environ["PATH"])
    stripped = library.read_bytes()
    assert "nothing to strip" in lab.strip(path=os.environ["PATH"])
    assert library.read_bytes() == stripped


def test_real_library_that_patchelf_changed_still_loads(lab: Lab) -> None:
    """auditwheel renames what a library needs and where it looks, which moves its tables."""
    patchelf = shutil.which("patchelf") or shutil.which(
        "patchelf", path=str(Path(sys.executable).parent)
    )
    library = compile_library(lab.site / "real.so")
    if not patchelf:
        pytest.skip("patchelf is not installed")
    long = "$ORIGIN/../a-folder-with-a-name-that-is-too-long-for-the-old-place.libs" * 20
    subprocess.run([patchelf, "--set-rpath", long, library], check=True)
    lab.strip(path=os.environ["PATH"])
    assert four(library) == 4


def test_fragment_is_one_instruction_with_a_comment_and_a_quoted_heredoc() -> None:
    lines = rendered().split("\n")
    assert lines[0].startswith("# Strips symbols from the compiled files in /opt/venv")
    assert lines[1] == "RUN /opt/venv/bin/python -I - <<'STRIP'"
    assert lines[-2:] == ["STRIP", ""]
    assert "dockopt" not in rendered()
    assert max(map(len, lines)) <= 100


def test_script_is_python_3_7() -> None:
    ast.parse(body(rendered()), feature_version=(3, 7))


def test_buildkit_reads_one_run() -> None:
    dockerfile = pytest.importorskip("dockerfile")
    commands = dockerfile.parse_string(f"FROM python:3.12-slim AS builder\n{rendered()}USER app\n")
    assert [command.cmd.lower() for command in commands] == ["from", "run", "user"]


def test_hadolint_has_nothing_to_say(tmp_path: Path) -> None:
    program = shutil.which("hadolint") or shutil.which("hadolint", path=Path(sys.executable).parent)
    if not program:
        pytest.skip("hadolint is not installed")
    file = tmp_path / "Dockerfile"
    file.write_text(f"FROM python:3.12-slim AS builder\n{rendered()}")
    done = subprocess.run([program, file], capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""
