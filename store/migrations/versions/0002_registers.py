"""The registers: whom forms mean, versions of forms, decisions, and what lists are made of."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("form_revisions", "decisions")


def upgrade() -> None:
    op.create_table(
        "forms_to_register",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_forms_to_register_document_id"),
        sa.PrimaryKeyConstraint("document_id", name="pk_forms_to_register"),
    )
    op.create_table(
        "form_revisions",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("unsure", sa.JSON(), nullable=False),
        sa.Column("missing_pages", sa.JSON(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("returned_print", sa.Boolean(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("by_role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_form_revisions_document_id"),
        sa.PrimaryKeyConstraint("document_id", "revision", name="pk_form_revisions"),
    )
    op.create_index("ix_form_revisions_case_number", "form_revisions", ["case_number"])
    op.create_table(
        "particulars",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_particulars"),
    )
    op.create_table(
        "particular_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("particulars_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["particulars_id"], ["particulars.id"], name="fk_particular_keys_particulars_id"
        ),
        sa.PrimaryKeyConstraint("key", "particulars_id", name="pk_particular_keys"),
    )
    op.create_table(
        "mentions",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("particulars_id", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("founding", sa.Boolean(), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("teaches", sa.Boolean(), nullable=False),
        sa.Column("party", sa.String(length=64), nullable=True),
        sa.Column("match", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_mentions_document_id"),
        sa.ForeignKeyConstraint(["particulars_id"], ["particulars.id"], name="fk_mentions_particulars_id"),
        sa.PrimaryKeyConstraint("document_id", "role", name="pk_mentions"),
    )
    op.create_index("ix_mentions_party_teaches", "mentions", ["party", "teaches"])
    op.create_index("ix_mentions_particulars_id_teaches", "mentions", ["particulars_id", "teaches"])
    _create_partial_index("ix_mentions_unresolved", "mentions", ["document_id", "role"], "party IS NULL")
    op.create_table(
        "decisions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("by_role", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("party", sa.String(length=64), nullable=True),
        sa.Column("other_party", sa.String(length=64), nullable=True),
        sa.Column("document_id", sa.String(length=36), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("earlier_id", sa.String(length=36), nullable=True),
        sa.Column("rems_id", sa.String(length=32), nullable=True),
        sa.Column("merge_id", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_document_id_role", "decisions", ["document_id", "role"])
    for column in ("party", "other_party", "rems_id", "merge_id"):
        op.create_index(f"ix_decisions_{column}", "decisions", [column])
    op.create_table(
        "party_states",
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rems_id", sa.String(length=32), nullable=True),
        sa.Column("prescriber", sa.String(length=64), nullable=True),
        sa.Column("orphaned", sa.Boolean(), nullable=False),
        sa.Column("folded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("party", name="pk_party_states"),
    )
    _create_partial_index("ix_party_states_stale", "party_states", ["party"], "stale")
    op.create_index("ix_party_states_kind_state", "party_states", ["kind", "state"])
    op.create_index("ix_party_states_rems_id", "party_states", ["rems_id"])
    op.create_table(
        "slots",
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("missed_on", sa.Date(), nullable=False),
        sa.CheckConstraint("due_on < missed_on", name="ck_slots_order"),
        sa.PrimaryKeyConstraint("party", "month", name="pk_slots"),
    )
    op.create_index("ix_slots_due_on_party", "slots", ["due_on", "party"])
    op.execute("INSERT INTO forms_to_register (document_id) SELECT document_id FROM records")
    _refuse_changes()


def _create_partial_index(name: str, table: str, columns: list[str], condition: str) -> None:
    op.create_index(
        name, table, columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition)
    )


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
