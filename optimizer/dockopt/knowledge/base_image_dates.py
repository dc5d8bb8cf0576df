"""When versions of Python and releases of Debian get their last security fix.

Written by `python -m dockopt.knowledge.base_images_refresh`; not by hand.
"""

KNOWN_ON = "2026-11-27"
"""The day on which the dates below were read."""
PYTHON_SOURCE = "https://devguide.python.org/versions/"
PYTHON_END = {
    "2.6": "2013-10-29",
    "2.7": "2020-01-01",
    "3.0": "2009-06-27",
    "3.1": "2012-04-09",
    "3.2": "2016-02-20",
    "3.3": "2017-09-29",
    "3.4": "2019-03-18",
    "3.5": "2020-09-30",
    "3.6": "2021-12-23",
    "3.7": "2023-06-27",
    "3.8": "2024-10-07",
    "3.9": "2025-10-31",
    "3.10": "2026-10",
    "3.11": "2027-10",
    "3.12": "2028-10",
    "3.13": "2029-10",
    "3.14": "2030-10",
}
"""By minor version; a month where the day is not set."""
DEBIAN_SOURCE = "https://wiki.debian.org/DebianReleases"
DEBIAN_END = {
    "wheezy": "2018-05-31",
    "jessie": "2020-06-30",
    "stretch": "2022-06-30",
    "buster": "2024-06-30",
    "bullseye": "2026-08-31",
    "bookworm": "2028-06-30",
    "trixie": "2030-06-30",
}
"""By codename, oldest first: the end of the long-term support."""
