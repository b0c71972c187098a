"""`python -m matinee` is the command `matinee`."""

from __future__ import annotations

from matinee.cli.main import main

if __name__ == "__main__":
    main()
