"""The first tables of the store."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit", "corrections")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit"),
    )
    op.create_index("ix_audit_transmission_id_number", "audit", ["transmission_id", "number"], unique=True)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_audit_head_one"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.create_table(
        "transmissions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("page_count", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_pages", sa.Integer(), nullable=True),
        sa.Column("set_aside_code", sa.Text(), nullable=True),
        sa.Column("set_aside_message", sa.Text(), nullable=True),
        sa.Column("software_version", sa.Text(), nullable=True),
        sa.Column("seconds", sa.JSON(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("audit_count", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('received', 'recorded', 'in_review', 'set_aside')", name="ck_transmissions_status"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_transmissions"),
    )
    op.create_index(
        "ix_transmissions_status_received_at_id",
        "transmissions",
        ["status", "received_at", "id"],
        unique=False,
    )
    op.create_table(
        "unreadable_arrivals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("resolved", sa.Boolean(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unreadable_arrivals"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_number", sa.Text(), nullable=True),
        sa.Column("announced_pages", sa.Integer(), nullable=True),
        sa.Column("more", sa.JSON(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["transmission_id"], ["transmissions.id"], name="fk_deliveries_transmission_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_transmission_id", "deliveries", ["transmission_id"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("missing_pages", sa.JSON(), nullable=False),
        sa.Column("doubled_pages", sa.JSON(), nullable=False),
        sa.Column("identified", sa.Float(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.CheckConstraint("outcome IN ('recorded', 'in_review', 'set_aside')", name="ck_documents_outcome"),
        sa.ForeignKeyConstraint(
            ["transmission_id"], ["transmissions.id"], name="fk_documents_transmission_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
    )
    op.create_index(
        "ix_documents_transmission_id_ordinal", "documents", ["transmission_id", "ordinal"], unique=True
    )
    op.create_table(
        "page_texts",
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("box_px", sa.JSON(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("handwritten", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transmission_id"], ["transmissions.id"], name="fk_page_texts_transmission_id"
        ),
        sa.PrimaryKeyConstraint("transmission_id", "ordinal", name="pk_page_texts"),
    )
    op.create_table(
        "fields",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("box_px", sa.JSON(), nullable=True),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("handwritten", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_fields_document_id"),
        sa.PrimaryKeyConstraint("document_id", "name", name="pk_fields"),
    )
    op.create_table(
        "findings",
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_findings_document_id"),
        sa.ForeignKeyConstraint(
            ["transmission_id"], ["transmissions.id"], name="fk_findings_transmission_id"
        ),
        sa.PrimaryKeyConstraint("transmission_id", "ordinal", name="pk_findings"),
    )
    op.create_index("ix_findings_document_id", "findings", ["document_id"], unique=False)
    op.create_index("ix_findings_rule", "findings", ["rule"], unique=False)
    op.create_table(
        "pages",
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("form_page", sa.Integer(), nullable=True),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("x_dpi", sa.Float(), nullable=True),
        sa.Column("y_dpi", sa.Float(), nullable=True),
        sa.Column("quarter_turns", sa.Integer(), nullable=False),
        sa.Column("skew_degrees", sa.Float(), nullable=False),
        sa.Column("residual_px", sa.Float(), nullable=True),
        sa.Column("matched", sa.Float(), nullable=True),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.Column("bad_rows", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(length=16), nullable=True),
        sa.Column("content_band_0", sa.String(length=4), nullable=True),
        sa.Column("content_band_1", sa.String(length=4), nullable=True),
        sa.Column("content_band_2", sa.String(length=4), nullable=True),
        sa.Column("content_band_3", sa.String(length=4), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_pages_document_id"),
        sa.ForeignKeyConstraint(["transmission_id"], ["transmissions.id"], name="fk_pages_transmission_id"),
        sa.PrimaryKeyConstraint("transmission_id", "number", name="pk_pages"),
    )
    op.create_index("ix_pages_content_band_0", "pages", ["content_band_0"], unique=False)
    op.create_index("ix_pages_content_band_1", "pages", ["content_band_1"], unique=False)
    op.create_index("ix_pages_content_band_2", "pages", ["content_band_2"], unique=False)
    op.create_index("ix_pages_content_band_3", "pages", ["content_band_3"], unique=False)
    op.create_index("ix_pages_document_id", "pages", ["document_id"], unique=False)
    op.create_table(
        "records",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("patient_rems_id", sa.Text(), nullable=True),
        sa.Column("patient_last_name", sa.Text(), nullable=True),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column("patient_zip", sa.Text(), nullable=True),
        sa.Column("prescriber_rems_id", sa.Text(), nullable=True),
        sa.Column("prescriber_npi", sa.Text(), nullable=True),
        sa.Column("facility_rems_id", sa.Text(), nullable=True),
        sa.Column("pharmacy_rems_id", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('recorded', 'in_review')", name="ck_records_state"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_records_document_id"),
        sa.PrimaryKeyConstraint("document_id", name="pk_records"),
    )
    op.create_index("ix_records_facility_rems_id", "records", ["facility_rems_id"], unique=False)
    op.create_index("ix_records_form_state", "records", ["form", "state"], unique=False)
    op.create_index(
        "ix_records_patient_last_name_date_of_birth",
        "records",
        ["patient_last_name", "date_of_birth"],
        unique=False,
    )
    op.create_index("ix_records_patient_rems_id", "records", ["patient_rems_id"], unique=False)
    op.create_index("ix_records_pharmacy_rems_id", "records", ["pharmacy_rems_id"], unique=False)
    op.create_index("ix_records_prescriber_npi", "records", ["prescriber_npi"], unique=False)
    op.create_index("ix_records_prescriber_rems_id", "records", ["prescriber_rems_id"], unique=False)
    op.create_table(
        "review_tasks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('open', 'done')", name="ck_review_tasks_status"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_review_tasks_document_id"),
        sa.ForeignKeyConstraint(
            ["transmission_id"], ["transmissions.id"], name="fk_review_tasks_transmission_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_review_tasks"),
    )
    op.create_index("ix_review_tasks_document_id", "review_tasks", ["document_id"], unique=False)
    op.create_index(
        "ix_review_tasks_status_priority_received_at_id",
        "review_tasks",
        ["status", "priority", "received_at", "id"],
        unique=False,
    )
    op.create_index("ix_review_tasks_transmission_id", "review_tasks", ["transmission_id"], unique=False)
    op.create_table(
        "corrections",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value_before", sa.JSON(), nullable=True),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("corrected_by", sa.Text(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "name"],
            ["fields.document_id", "fields.name"],
            name="fk_corrections_document_id_name",
        ),
        sa.PrimaryKeyConstraint("document_id", "name", "number", name="pk_corrections"),
    )
    op.create_table(
        "suspects",
        sa.Column("transmission_id", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("other_transmission_id", sa.String(length=64), nullable=False),
        sa.Column("other_page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("distance_bits", sa.Integer(), nullable=False),
        sa.CheckConstraint("transmission_id < other_transmission_id", name="ck_suspects_order"),
        sa.ForeignKeyConstraint(
            ["other_transmission_id", "other_page"],
            ["pages.transmission_id", "pages.number"],
            name="fk_suspects_other_transmission_id_other_page",
        ),
        sa.ForeignKeyConstraint(
            ["transmission_id", "page"],
            ["pages.transmission_id", "pages.number"],
            name="fk_suspects_transmission_id_page",
        ),
        sa.PrimaryKeyConstraint(
            "transmission_id", "page", "other_transmission_id", "other_page", name="pk_suspects"
        ),
    )
    op.create_index("ix_suspects_other_transmission_id", "suspects", ["other_transmission_id"], unique=False)
    op.bulk_insert(
        sa.table("audit_head", sa.column("id"), sa.column("rows"), sa.column("hash")),
        [{"id": 1, "rows": 0, "hash": "0" * 64}],
    )
    _refuse_changes()


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
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
