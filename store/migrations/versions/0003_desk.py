"""The desk: accounts, what people said of tasks and looked at, claims on tasks, samples and figures."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("account_events", "answers", "comments", "rejections")

OPEN_WORK = "status <> 'done' AND stage IN ('first', 'second') AND kind IN ('field', 'page', 'document')"


def upgrade() -> None:
    _widen("records", "state", "state IN ('recorded', 'in_review', 'rejected')")
    _widen("review_tasks", "status", "status IN ('open', 'sample', 'done')")
    _add_columns()
    _create_people()
    _create_work()
    _create_figures()
    _refuse_changes()


def _widen(table: str, column: str, condition: str) -> None:
    """Let a column take more values; SQLite makes the table anew for it."""
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_ck_{table}_{column}"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_{column}"), sa.text(condition))


def _add_columns() -> None:
    for column in (
        sa.Column("stage", sa.String(length=8), server_default="first", nullable=False),
        sa.Column("first_by", sa.String(length=64), nullable=True),
        sa.Column("second_by", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed_by", sa.String(length=64), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("postponed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assigned_to", sa.String(length=64), nullable=True),
        sa.Column("field_kind", sa.String(length=16), nullable=True),
        sa.Column("wall_key", sa.String(length=32), nullable=True),
    ):
        op.add_column("review_tasks", column)
    _create_index("ix_review_tasks_work", "review_tasks", ["priority", "received_at", "id"], OPEN_WORK)
    _create_index(
        "ix_review_tasks_lead", "review_tasks", ["priority", "received_at", "id"],
        "status <> 'done' AND stage = 'lead'",
    )  # fmt: skip
    _create_index(
        "ix_review_tasks_events", "review_tasks", ["priority", "received_at", "id"],
        "status = 'open' AND kind = 'adverse_event'",
    )  # fmt: skip
    _create_index(
        "ix_review_tasks_outreach", "review_tasks", ["priority", "received_at", "id"],
        "status = 'open' AND stage = 'outreach'",
    )  # fmt: skip
    _create_index("ix_review_tasks_claimed_by", "review_tasks", ["claimed_by"], "claimed_by IS NOT NULL")
    _create_index(
        "ix_review_tasks_wall", "review_tasks", ["field_kind", "wall_key", "priority", "received_at"],
        "status = 'open' AND stage = 'first' AND wall_key IS NOT NULL",
    )  # fmt: skip
    _create_index(
        "ix_review_tasks_unkeyed", "review_tasks", ["id"],
        "status = 'open' AND kind = 'field' AND field_kind IS NULL",
    )  # fmt: skip
    op.add_column("transmissions", sa.Column("assigned_to", sa.String(length=64), nullable=True))
    op.add_column(
        "transmissions", sa.Column("sampled", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_index(
        "ix_transmissions_status_priority_received_at_id",
        "transmissions",
        ["status", "priority", "received_at", "id"],
    )
    op.create_index("ix_transmissions_received_at_id", "transmissions", ["received_at", "id"])
    op.create_index(
        "ix_transmissions_sender", "transmissions", ["sender"],
        postgresql_ops={"sender": "text_pattern_ops"},
    )  # fmt: skip
    _create_index(
        "ix_transmissions_assigned_to", "transmissions", ["assigned_to", "received_at"],
        "assigned_to IS NOT NULL",
    )  # fmt: skip
    _create_index("ix_transmissions_unsampled", "transmissions", ["received_at"], "NOT sampled")
    op.add_column(
        "corrections", sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_index("ix_documents_form", "documents", ["form", "transmission_id"])
    op.create_index(
        "ix_records_patient_last_name", "records", ["patient_last_name"],
        postgresql_ops={"patient_last_name": "text_pattern_ops"},
    )  # fmt: skip


def _create_people() -> None:
    op.create_table(
        "accounts",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("oidc_subject", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("preferences", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_accounts"),
        sa.UniqueConstraint("oidc_subject", name="uq_accounts_oidc_subject"),
    )
    op.create_table(
        "account_events",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account_events"),
    )
    op.create_index("ix_account_events_at", "account_events", ["at"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.account"], name="fk_sessions_account"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_account", "sessions", ["account"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_table(
        "logins",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_logins"),
    )
    op.create_index("ix_logins_account_at", "logins", ["account", "at"])
    op.create_index("ix_logins_address_at", "logins", ["address", "at"])


def _create_work() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("happened", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("on_wall", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("undoes", sa.String(length=36), nullable=True),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("field_kind", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["review_tasks.id"], name="fk_answers_task_id"),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
    )
    op.create_index("ix_answers_task_id", "answers", ["task_id"])
    op.create_index("ix_answers_account_at", "answers", ["account", "at"])
    op.create_index("ix_answers_at", "answers", ["at"])
    op.create_index("ix_answers_undoes", "answers", ["undoes"])
    op.create_table(
        "comments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["review_tasks.id"], name="fk_comments_task_id"),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
    )
    op.create_index("ix_comments_task_id", "comments", ["task_id"])
    op.create_table(
        "looks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seal", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["transmission_id"], ["transmissions.id"], name="fk_looks_transmission_id"),
        sa.PrimaryKeyConstraint("id", name="pk_looks"),
    )
    op.create_index("ix_looks_transmission_id_at", "looks", ["transmission_id", "at"])
    op.create_index("ix_looks_seal", "looks", ["seal"])
    _create_index("ix_looks_unsealed", "looks", ["transmission_id"], "seal IS NULL")

    op.create_table(
        "rejections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("rejected", sa.Boolean(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("tasks", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_rejections_document_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rejections"),
    )
    op.create_index("ix_rejections_document_id_at", "rejections", ["document_id", "at"])


def _create_figures() -> None:
    op.create_table(
        "measurements",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("field_kind", sa.String(length=16), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("was_right", sa.Boolean(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["review_tasks.id"], name="fk_measurements_task_id"),
        sa.PrimaryKeyConstraint("task_id", name="pk_measurements"),
    )
    op.create_index("ix_measurements_field_kind_sample", "measurements", ["field_kind", "sample"])
    op.create_table(
        "reading_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("field_kind", sa.String(length=16), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("reviewed", sa.Integer(), nullable=False),
        sa.Column("empty", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "field_kind", name="pk_reading_counts"),
    )


def _create_index(name: str, table: str, columns: list[str], condition: str) -> None:
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
        op.execute(
            "CREATE TRIGGER looks_sealed BEFORE UPDATE ON looks FOR EACH ROW "
            "WHEN (OLD.seal IS NOT NULL) EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER looks_kept BEFORE DELETE OR TRUNCATE ON looks "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    op.execute(
        "CREATE TRIGGER looks_sealed BEFORE UPDATE ON looks WHEN OLD.seal IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'looks is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER looks_no_delete BEFORE DELETE ON looks "
        "BEGIN SELECT RAISE(ABORT, 'looks is append-only'); END"
    )
