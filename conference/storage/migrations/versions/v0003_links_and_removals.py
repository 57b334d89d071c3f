"""Invitations carry a note and a limit; a removal holds for a browser and a link."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "invitations",
        sa.Column("note", sa.String(80), nullable=False, server_default=""),
    )
    op.add_column("invitations", sa.Column("most_people", sa.Integer()))
    op.add_column(
        "invitations",
        sa.Column("number", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.add_column("seats", sa.Column("browser", sa.LargeBinary(32)))
    op.create_table(
        "removals",
        sa.Column("participant_id", sa.String(64), nullable=False),
        sa.Column("room_id", sa.String(64), nullable=False),
        sa.Column("invitation_id", sa.String(64), nullable=False),
        sa.Column("browser", sa.LargeBinary(32), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("organisation", sa.String(80), nullable=False),
        sa.Column("removed_at", sa.Float(), nullable=False),
        sa.Column("removed_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("participant_id", name="pk_removals"),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="fk_removals_room_id"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name="fk_removals_invitation_id"
        ),
    )
    op.create_index("ix_removals_room_id", "removals", ["room_id"])
