"""Triage: decisions about pages and faxes, and re-readings that take the place of earlier ones."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("triage_decisions", "rereadings", "superseded_documents", "successions", "carried_corrections")


def upgrade() -> None:
    op.create_table(
        "triage_decisions",
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("step", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transmission_id"], ["transmissions.id"], name="fk_triage_decisions_transmission_id"
        ),
        sa.PrimaryKeyConstraint("transmission_id", "number", name="pk_triage_decisions"),
        sa.UniqueConstraint("id", name="uq_triage_decisions_id"),
    )
    op.create_table(
        "reread_requests",
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failed_code", sa.Text(), nullable=True),
        sa.Column("failed_message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["transmission_id"], ["transmissions.id"], name="fk_reread_requests_transmission_id"
        ),
        sa.PrimaryKeyConstraint("transmission_id", name="pk_reread_requests"),
    )
    op.create_index(
        "ix_reread_requests_asked_at_transmission_id", "reread_requests", ["asked_at", "transmission_id"]
    )
    op.create_table(
        "rereadings",
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.Column("reading", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("through", sa.Integer(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("replaced", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["transmission_id"], ["transmissions.id"], name="fk_rereadings_transmission_id"
        ),
        sa.PrimaryKeyConstraint("transmission_id", "reading", name="pk_rereadings"),
    )
    op.create_table(
        "superseded_documents",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_superseded_documents_document_id"
        ),
        sa.PrimaryKeyConstraint("document_id", name="pk_superseded_documents"),
    )
    op.create_table(
        "successions",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("predecessor_id", sa.String(length=36), nullable=False),
        sa.Column("root_id", sa.String(length=36), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_successions_document_id"),
        sa.ForeignKeyConstraint(["predecessor_id"], ["documents.id"], name="fk_successions_predecessor_id"),
        sa.ForeignKeyConstraint(["root_id"], ["documents.id"], name="fk_successions_root_id"),
        sa.PrimaryKeyConstraint("document_id", name="pk_successions"),
        sa.UniqueConstraint("predecessor_id", name="uq_successions_predecessor_id"),
    )
    op.create_index("ix_successions_root_id", "successions", ["root_id"])
    op.create_table(
        "carried_corrections",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_document_id", sa.String(length=36), nullable=False),
        sa.Column("from_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "name", "number"],
            ["corrections.document_id", "corrections.name", "corrections.number"],
            name="fk_carried_corrections_document_id_name_number",
        ),
        sa.ForeignKeyConstraint(
            ["from_document_id", "name", "from_number"],
            ["corrections.document_id", "corrections.name", "corrections.number"],
            name="fk_carried_corrections_from_document_id_name_from_number",
        ),
        sa.PrimaryKeyConstraint("document_id", "name", "number", name="pk_carried_corrections"),
    )
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
