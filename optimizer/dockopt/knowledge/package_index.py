"""A Python package index, and the end of a wheel there: what `distributions_refresh` asks.

The simple repository API, as JSON or HTML:
https://packaging.python.org/en/latest/specifications/simple-repository-api/. Wheels are not
downloaded whole where the server answers range requests (RFC 9110, section 14): the file list of a
ZIP stands at its end, and by custom the metadata just before it.
"""

import io
import json
import re
import urllib.error
import urllib.request
from html.parser import HTMLParser
from typing import IO, Any, cast
from urllib.parse import unquote, urljoin, urlsplit

from packaging.utils import InvalidSdistFilename, canonicalize_name, parse_sdist_filename
from packaging.version import Version

from dockopt.immutable import immutable
from dockopt.knowledge.distributions import Distribution
from dockopt.knowledge.wheel_tags import fitness, read_filename
from dockopt.knowledge.wheels import described

DEFAULT_INDEX = "https://pypi.org/simple/"
ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
MAX_PAGE_BYTES = 32 * 2**20
MAX_READ_BYTES = 32 * 2**20
"""What is read of one wheel at most, all ranges together."""
BLOCK_BYTES = 2**16
TIMEOUT_SECONDS = 60
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


@immutable(slots=True)
class File:
    """A file that the index offers of a distribution."""

    name: str
    url: str
    is_yanked: bool


def files_of(index: str, name: str) -> list[File]:
    """The files of a distribution. Raises OSError, ValueError; a 404 is an OSError as well."""
    url = f"{index.rstrip('/')}/{canonicalize_name(name)}/"
    with _opened(url, {"Accept": ACCEPT}) as response:
        content = response.read(MAX_PAGE_BYTES + 1)
        kind, where = response.headers.get_content_type(), response.url
    if len(content) > MAX_PAGE_BYTES:
        raise ValueError(f"{url}: more than {MAX_PAGE_BYTES} bytes")
    text = content.decode("utf-8", "replace")
    return _from_json(text, where) if kind.endswith("json") else _from_html(text, where)


def _opened(url: str, headers: dict[str, str]) -> Any:
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"{url}: an index is an http or https address")
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 (checked above)
    return urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)  # noqa: S310


def _from_json(text: str, url: str) -> list[File]:
    try:
        files = json.loads(text)["files"]
        return [
            File(str(f["filename"]), urljoin(url, str(f["url"])), bool(f.get("yanked")))
            for f in files
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{url}: not the JSON of a simple index") from error


class _Anchors(HTMLParser):
    """Collects the links of a page."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.files: list[File] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A link names a file by the last part of its path."""
        given = dict(attrs)
        href = given.get("href")
        if tag == "a" and href:
            url = urljoin(self.url, href).partition("#")[0]
            name = unquote(urlsplit(url).path.rpartition("/")[2])
            self.files.append(File(name, url, "data-yanked" in given))


def _from_html(text: str, url: str) -> list[File]:
    parser = _Anchors(url)
    parser.feed(text)
    return parser.files


def read(index: str, name: str) -> Distribution | None:
    """A distribution as the index shows it; None where it offers no final version of it.

    The newest final version decides whether it is source only; what it holds is read off the newest
    version with a wheel that fits. Raises OSError, ValueError.
    """
    files = [file for file in files_of(index, name) if not file.is_yanked]
    wheels, sources = _by_version(files)
    finals = [v for v in {*wheels, *sources} if not (v.is_prerelease or v.is_devrelease)]
    if not finals:
        return None
    newest = max(finals)
    fitting = [version for version in finals if version in wheels]
    if not fitting or (newest not in wheels and newest in sources):
        return Distribution(
            canonicalize_name(name), str(newest), None, None, None, None, None, None, True, None
        )
    version = max(fitting)
    with RemoteFile(wheels[version].url) as wheel:
        return described(name, str(version), cast("IO[bytes]", wheel), wheel.size)


def _by_version(files: list[File]) -> tuple[dict[Version, File], dict[Version, File]]:
    """The wheel that fits best, and a source distribution, by version."""
    wheels: dict[Version, tuple[int, File]] = {}
    sources: dict[Version, File] = {}
    for file in files:
        if found := read_filename(file.name):
            _, version, tags = found
            rank = fitness(tags)
            if rank is not None and (version not in wheels or rank < wheels[version][0]):
                wheels[version] = (rank, file)
        else:
            try:
                sources[parse_sdist_filename(file.name)[1]] = file
            except InvalidSdistFilename:
                continue
    return {version: file for version, (_, file) in wheels.items()}, sources


class RemoteFile(io.RawIOBase):
    """A file on a server that is read in blocks, each once. Raises OSError when too much is asked.

    Only what was read is kept in memory: a wheel may be a gigabyte.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.size = 0
        self._at = 0
        self._blocks: dict[int, bytes] = {}
        self._read_bytes = 0
        self._first()

    def _first(self) -> None:
        """The end of the file, which tells its size; or all of it from a server without ranges."""
        try:
            response = _opened(self.url, {"Range": f"bytes=-{2 * BLOCK_BYTES}"})
        except urllib.error.HTTPError as error:
            if error.code != 416:  # a file shorter than what was asked for, to some servers
                raise
            response = _opened(self.url, {})
        with response:
            content = self._content(response)
            place = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
            partial = response.status == 206
        if partial != bool(place):
            raise OSError(f"{self.url}: not the range that was asked for")
        start, self.size = (int(place[1]), int(place[2])) if place else (0, len(content))
        if start + len(content) != self.size:
            raise OSError(f"{self.url}: not the range that was asked for")
        whole = -(-start // BLOCK_BYTES)  # of the block before it, only a part is there
        self._keep(whole, content[whole * BLOCK_BYTES - start :])

    def _keep(self, first: int, content: bytes) -> None:
        for number, start in enumerate(range(0, len(content), BLOCK_BYTES), first):
            self._blocks[number] = content[start : start + BLOCK_BYTES]

    def _content(self, response: Any) -> bytes:
        left = MAX_READ_BYTES - self._read_bytes
        content: bytes = response.read(left + 1)
        self._read_bytes += len(content)
        if len(content) > left:
            raise OSError(f"{self.url}: more than {MAX_READ_BYTES} bytes would have to be read")
        return content

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True

    def seekable(self) -> bool:
        """Whether any place can be read: yes."""
        return True

    def tell(self) -> int:
        """The place that is read next."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """As of a file."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        """As of a file; asks the server for blocks that are missing, in one range."""
        end = self.size if size is None or size < 0 else min(self.size, self._at + size)
        start, self._at = self._at, max(self._at, end)
        if start >= end:
            return b""
        blocks = range(start // BLOCK_BYTES, -(-end // BLOCK_BYTES))
        missing = [block for block in blocks if block not in self._blocks]
        if missing:
            self._fetch(missing[0], missing[-1])
        content = b"".join(self._blocks[block] for block in blocks)
        return content[start - blocks.start * BLOCK_BYTES : end - blocks.start * BLOCK_BYTES]

    def _fetch(self, first: int, last: int) -> None:
        start, end = first * BLOCK_BYTES, min(self.size, (last + 1) * BLOCK_BYTES)
        with _opened(self.url, {"Range": f"bytes={start}-{end - 1}"}) as response:
            content = self._content(response)
            if response.status != 206 or len(content) != end - start:
                raise OSError(f"{self.url}: not the range that was asked for")
        self._keep(first, content)
