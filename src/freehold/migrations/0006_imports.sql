-- Imports that store what is right in their file and were cut off, so that they go on where they were.
-- migrate:up

CREATE TABLE imports (
    fingerprint bytea NOT NULL,
    line bigint NOT NULL,
    stored bigint NOT NULL DEFAULT 0,
    updated bigint NOT NULL DEFAULT 0,
    skipped bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    refusals_bytes bigint NOT NULL DEFAULT 0,
    CONSTRAINT imports_pkey PRIMARY KEY (fingerprint)
);

COMMENT ON TABLE imports IS 'How far the imports have come that were cut off.';

-- migrate:down

DROP TABLE imports;
