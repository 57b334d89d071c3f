"""
The wire protocol of the Socket.IO connection, as Pydantic models.

These models are the source of ``schema.json`` and of the TypeScript types of
the web client (both generated and committed; a test fails on drift). The prose
half is ``docs/protocol.md``. Imports nothing else of ours.
"""
