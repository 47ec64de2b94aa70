"""When a patient's care changes by itself, apart from the stage: the due list needs no more."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("party_states", sa.Column("care_changes_at", sa.DateTime(timezone=True), nullable=True))
    # Not later than the truth: who is folded then gets the moment itself.
    op.execute("UPDATE party_states SET care_changes_at = changes_at")
    op.create_index(
        "ix_party_states_care_changes_at",
        "party_states",
        ["care_changes_at"],
        sqlite_where=sa.text("care_changes_at IS NOT NULL"),
        postgresql_where=sa.text("care_changes_at IS NOT NULL"),
    )
