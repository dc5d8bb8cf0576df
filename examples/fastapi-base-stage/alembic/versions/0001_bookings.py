"""The table of bookings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("vessel", sa.String(80), nullable=False),
        sa.Column("berth", sa.Integer, nullable=False),
        sa.Column("arrives", sa.Date, nullable=False),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("bookings")
