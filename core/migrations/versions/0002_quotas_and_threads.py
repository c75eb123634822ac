"""Searches that were let through, and asks by conversation and by person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index(op.f("ix_asks_tenant_conversation_created_at"), "asks")
    op.create_index(op.f("ix_asks_conversation_created_at"), "asks", ["conversation", "created_at"])
    op.create_index(op.f("ix_asks_tenant_user_created_at"), "asks", ["tenant", "user", "created_at"])

    op.create_table(
        "admissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant", sa.String(length=16), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admissions")),
    )
    op.create_index(op.f("ix_admissions_created_at"), "admissions", ["created_at"])
    op.create_index(op.f("ix_admissions_tenant_created_at"), "admissions", ["tenant", "created_at"])
    op.create_index(op.f("ix_admissions_tenant_user_created_at"), "admissions", ["tenant", "user", "created_at"])


def downgrade() -> None:
    op.drop_table("admissions")
    op.drop_index(op.f("ix_asks_tenant_user_created_at"), "asks")
    op.drop_index(op.f("ix_asks_conversation_created_at"), "asks")
    op.create_index(op.f("ix_asks_tenant_conversation_created_at"), "asks", ["tenant", "conversation", "created_at"])
