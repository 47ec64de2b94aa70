"""The version of this program, as the store keeps it with what was read."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def software_version() -> str:
    """The version of this program."""
    try:
        return version("remsfax")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "uninstalled"
