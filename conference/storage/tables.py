"""The tables. ``migrations`` builds them; a test compares the two."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("created_at", Float, nullable=False),
)

one_time_links = Table(
    "one_time_links",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("expires_at", Float, nullable=False),
    Column("further", Boolean, nullable=False, server_default=false()),
)

account_sessions = Table(
    "account_sessions",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("expires_at", Float, nullable=False),
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner_id", ForeignKey("accounts.id"), nullable=False),
    Column("title", String(120), nullable=False),
    Column("organisation", String(80), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("chosen_stage", String(64)),
    Column("ended_at", Float),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("room_id", ForeignKey("rooms.id"), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("note", String(80), nullable=False, server_default=""),
    Column("most_people", Integer),
    Column("number", Integer, nullable=False, server_default=text("0")),
)

removals = Table(
    "removals",
    metadata,
    Column("participant_id", String(64), primary_key=True),
    Column("room_id", ForeignKey("rooms.id"), nullable=False, index=True),
    Column("invitation_id", ForeignKey("invitations.id"), nullable=False),
    Column("browser", LargeBinary(32), nullable=False),
    Column("name", String(80), nullable=False),
    Column("organisation", String(80), nullable=False),
    Column("removed_at", Float, nullable=False),
    Column("removed_by", String(80), nullable=False),
)

seats = Table(
    "seats",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("room_id", ForeignKey("rooms.id"), nullable=False, index=True),
    Column("name", String(80), nullable=False),
    Column("organisation", String(80), nullable=False),
    Column("role", String(16), nullable=False),
    Column("joined_at", Float, nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False),
    Column("account_id", ForeignKey("accounts.id")),
    Column("invitation_id", ForeignKey("invitations.id")),
    Column("browser", LargeBinary(32)),
    Column("has_floor", Boolean, nullable=False),
    Column("hand", Integer),
    UniqueConstraint("token_hash"),
)

chat_lines = Table(
    "chat_lines",
    metadata,
    Column("room_id", ForeignKey("rooms.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("participant_id", String(64), nullable=False),
    Column("name", String(80), nullable=False),
    Column("organisation", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("sent_at", Float, nullable=False),
    Index("uq_chat_lines_nonce", "room_id", "participant_id", "nonce", unique=True),
)
