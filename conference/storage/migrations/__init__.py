"""Alembic migrations, packaged with the code and run at start."""
