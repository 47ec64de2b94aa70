"""The program: open questions and events of non-compliance by party, and findings of rules run again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = ("rechecks", "recheck_findings")


def upgrade() -> None:
    op.add_column("party_states", sa.Column("changes_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_party_states_changes_at", "party_states", ["changes_at"])
    op.add_column("slots", sa.Column("prescriber", sa.String(length=64), nullable=True))
    op.create_index("ix_slots_prescriber_due_on", "slots", ["prescriber", "due_on"])
    op.create_table(
        "party_findings",
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("party", "ordinal", name="pk_party_findings"),
    )
    op.create_index("ix_party_findings_document_id", "party_findings", ["document_id"])
    op.create_index("ix_party_findings_rule", "party_findings", ["rule"])
    op.create_table(
        "non_compliance",
        sa.Column("patient", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("patient", "ordinal", name="pk_non_compliance"),
    )
    op.create_index("ix_non_compliance_party_on", "non_compliance", ["party", "on"])
    op.create_table(
        "rechecks",
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_for", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transmission_id"], ["transmissions.id"], name="fk_rechecks_transmission_id"
        ),
        sa.PrimaryKeyConstraint("transmission_id", "number", name="pk_rechecks"),
    )
    op.create_table(
        "recheck_findings",
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transmission_id", "number"],
            ["rechecks.transmission_id", "rechecks.number"],
            name="fk_recheck_findings_transmission_id_number",
        ),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_recheck_findings_document_id"),
        sa.PrimaryKeyConstraint("transmission_id", "number", "ordinal", name="pk_recheck_findings"),
    )
    op.execute(sa.text("UPDATE party_states SET stale = true"))
    _refuse_changes()


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
