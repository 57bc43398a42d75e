-- Invoices: they end with their organization, and stay when whoever wrote them leaves.
-- migrate:up
CREATE TABLE invoices (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    number text NOT NULL CHECK (number ~ '^[A-Z0-9-]{1,20}$'),
    cents bigint NOT NULL CHECK (cents > 0),
    created_by uuid REFERENCES users ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    UNIQUE (organization_id, number)
);
CREATE INDEX invoices_created_by_idx ON invoices (created_by);

-- migrate:down
DROP TABLE invoices;
