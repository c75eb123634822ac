"""Count the categories, which every question needs, from an index alone."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = ["tenant", "category_key", "category", "removed", "indexed"]


def upgrade() -> None:
    op.drop_index(op.f("ix_items_tenant_category_key"), "items")
    op.create_index(op.f("ix_items_tenant_category_key_category_removed_indexed"), "items", COLUMNS)


def downgrade() -> None:
    op.drop_index(op.f("ix_items_tenant_category_key_category_removed_indexed"), "items")
    op.create_index(op.f("ix_items_tenant_category_key"), "items", ["tenant", "category_key"])
