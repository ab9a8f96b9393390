"""Contacts with names and fields, what was left out of lists, and files that are imported

Revision: 0005. After: 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.add_column(
        "campaigns",
        sa.Column(
            "contact_fields",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            server_default="{}",
            comment="The names of all its contacts' fields, in the order of the list's columns.",
        ),
    )
    op.add_column("contacts", sa.Column("name", sa.Text(), nullable=True))
    op.add_column(
        "contacts",
        sa.Column(
            "fields",
            sa.JSON(),
            nullable=True,
            comment="What the list says of it, for the message's placeholders; texts only.",
        ),
    )
    op.create_table(
        "rejected_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="Which of the lists that were sent."),
        sa.Column("line", sa.Integer(), nullable=False, comment="In that list, from 1."),
        sa.Column("value", sa.Text(), nullable=False, comment="What stood where a number should."),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("rejected_entries_campaign_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("rejected_entries_pkey")),
        comment="What was left out of a campaign's list.",
    )
    op.create_index("rejected_entries_campaign_id_idx", "rejected_entries", ["campaign_id", "id"])
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="Bytes."),
        sa.Column(
            "reading",
            sa.JSON(),
            nullable=False,
            comment="How it was read then: country and columns; the default for later.",
        ),
        sa.Column(
            "analysis",
            sa.JSON(),
            nullable=False,
            comment="What was found in it when it came, as the API shows it.",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("imports_account_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("imports_pkey")),
        comment="Files of contacts that were uploaded and start nothing by themselves. Forgotten after a day.",
    )
    op.create_index("imports_account_id_idx", "imports", ["account_id", "id"])
    op.create_index("imports_created_at_idx", "imports", ["created_at"])
    op.create_table(
        "import_parts",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="From 0."),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("import_parts_import_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("import_parts_pkey")),
        comment="An import's file, cut into pieces.",
    )
