"""Lines of acceptance, what each measurement speaks for, and priorities that people raise."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

EMPTY = """
    UPDATE measurements SET line_kind = 'empty'
    WHERE field_kind NOT IN ('check', 'yes_no', 'choice', 'choices', 'signature')
    AND 'none' = (
        SELECT f.reader FROM review_tasks t
        JOIN fields f ON f.document_id = t.document_id AND f.name = t.field
        WHERE t.id = measurements.task_id
    )
"""


def upgrade() -> None:
    op.create_table(
        "acceptance_lines",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("line_kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("least", sa.Float(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("moved_by", sa.Text(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["transmission_id"], ["transmissions.id"], name="fk_acceptance_lines_transmission_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_acceptance_lines"),
    )
    op.create_index(
        "ix_acceptance_lines_line_kind_number", "acceptance_lines", ["line_kind", "number"], unique=True
    )
    op.add_column("transmissions", sa.Column("read_priority", sa.Integer(), nullable=True))
    _refuse_changes()
    _say_what_measurements_speak_for()


def _say_what_measurements_speak_for() -> None:
    """By how their fields were read; those that people had to see are taken for odd, which moves no line."""
    op.add_column(
        "measurements", sa.Column("line_kind", sa.String(length=16), server_default="", nullable=False)
    )
    op.add_column(
        "measurements", sa.Column("place", sa.String(length=8), server_default="odd", nullable=False)
    )
    op.execute("UPDATE measurements SET line_kind = field_kind")
    op.execute("UPDATE measurements SET place = 'accepted' WHERE sample")
    op.execute(EMPTY)
    op.create_index("ix_measurements_settled_at", "measurements", ["settled_at"])


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER acceptance_lines_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON acceptance_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER acceptance_lines_no_{change.lower()} BEFORE {change} ON acceptance_lines "
            "BEGIN SELECT RAISE(ABORT, 'acceptance_lines is append-only'); END"
        )
