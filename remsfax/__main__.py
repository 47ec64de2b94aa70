"""``python -m remsfax``."""

from remsfax.cli import main

if __name__ == "__main__":
    main()
