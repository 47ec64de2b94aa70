"""The command line: one app, one module a group of commands.

Command modules import the rooms inside their functions, so that ``remsfax --help`` answers at once.
"""

import sys
from typing import NoReturn

import typer

from remsfax.commands import (
    desk as desk_commands,
)
from remsfax.commands import (
    reading as reading_commands,
)
from remsfax.commands import (
    registers as register_commands,
)
from remsfax.commands import (
    rereading as rereading_commands,
)
from remsfax.commands import (
    running as running_commands,
)
from remsfax.commands import (
    scoring as scoring_commands,
)
from remsfax.commands import (
    store as store_commands,
)
from remsfax.commands import (
    templates as template_commands,
)
from remsfax.failures import remedy

COULD_NOT_RUN = 2

app = typer.Typer(
    name="remsfax",
    help="Reads the faxed forms of the LEMTRADA REMS program, checks them, keeps the records, "
    "and asks a person where it is not sure.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
running_commands.register(app)
rereading_commands.register(app)
reading_commands.register(app)
register_commands.register(app)
store_commands.register(app)
scoring_commands.register(app)
desk_commands.register(app)
app.add_typer(template_commands.app, name="templates")


def main() -> NoReturn:
    """Run a command; what goes wrong is told in one line that names the remedy."""
    try:
        app()
    except KeyboardInterrupt:
        sys.stderr.write("remsfax: stopped by the operator; run again to go on.\n")
        raise SystemExit(COULD_NOT_RUN) from None
    except Exception as error:
        sys.stderr.write(f"remsfax: {remedy(error)}\n")
        raise SystemExit(COULD_NOT_RUN) from None
    raise SystemExit(0)


if __name__ == "__main__":
    main()
