"""Forms that wait for a case number."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases_to_open",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_cases_to_open_document_id"),
        sa.PrimaryKeyConstraint("document_id", name="pk_cases_to_open"),
    )
