"""`python -m benchmarks`: prints the table."""

import sys

from benchmarks import sample, scaling, throughput

ROOTS = ("optimizer", "transforms", "templates")
LENGTHS = (1_000, 10_000, 100_000)


def main() -> None:
    """Measures and prints; nothing is asserted here."""
    sys.path[:0] = [str(sample.ROOT / root) for root in ROOTS]
    paths, what = sample.files()
    print(f"sample: {what}\n")
    results = throughput.all_tools(paths)
    ours = results[0]
    print(f"{'tool':24}{'files/CPU second':>18}{'dockopt is':>14}   note")
    for result in results:
        ratio = "" if result is ours else f"{ours.rate / result.rate:.2f} x"
        print(f"{result.name:24}{result.rate:18.1f}{ratio:>14}   {result.note}")
    print(f"\n{'lines':>8}{'parse, CPU s':>14}{'rewrite, CPU s':>16}")
    for lines in LENGTHS:
        parsed, rewritten = scaling.seconds_for(lines)
        print(f"{lines:8}{parsed:14.2f}{rewritten:16.2f}", flush=True)
    print("\nstart-up, ms over `python -c pass` (median)")
    for name, extra in scaling.start_up().items():
        print(f"{name:24}{extra:10.0f}")


if __name__ == "__main__":
    main()
