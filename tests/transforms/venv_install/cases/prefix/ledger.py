import rich


def main() -> None:
    rich.print("balance: 0")
