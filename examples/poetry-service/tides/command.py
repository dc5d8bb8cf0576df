"""The same on the command line."""

import sys

from tides.tables import next_turn


def main() -> None:
    quay, minute = sys.argv[1], int(sys.argv[2])
    at, height = next_turn(quay, minute)
    print(f"{at // 60:02}:{at % 60:02} {height} cm")
