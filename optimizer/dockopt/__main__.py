"""`python -m dockopt`."""

from dockopt.cli import main

if __name__ == "__main__":
    main()
