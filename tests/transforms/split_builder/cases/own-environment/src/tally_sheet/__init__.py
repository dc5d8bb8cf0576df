import sys


def main() -> None:
    sys.stdout.write("0\n")
