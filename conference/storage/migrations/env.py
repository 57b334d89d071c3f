"""Runs the migrations on the connection that ``Database.open`` passes."""

from alembic import context

from conference.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter a column in place; in batch mode the table is recreated.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
