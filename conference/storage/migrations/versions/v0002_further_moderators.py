"""One-time links lead back to the first account unless they make a further one."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "one_time_links",
        sa.Column("further", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
