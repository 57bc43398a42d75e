-- Remember which deleted organizations could not be removed for good, and why, so that somebody sees it.
-- migrate:up

CREATE TABLE purge_failures (
    organization_id uuid CONSTRAINT purge_failures_pkey PRIMARY KEY
        CONSTRAINT purge_failures_organization_id_fkey REFERENCES organizations (id) ON DELETE CASCADE,
    reason varchar(500) NOT NULL,
    attempts integer NOT NULL DEFAULT 1 CONSTRAINT purge_failures_attempts_check CHECK (attempts >= 1),
    failed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE purge_failures IS 'Deleted organizations that could not be removed for good.';
COMMENT ON COLUMN purge_failures.organization_id IS 'Which organization; its row here goes with it.';
COMMENT ON COLUMN purge_failures.reason IS 'What kept it from being removed, at the last attempt.';
COMMENT ON COLUMN purge_failures.attempts IS 'How often it was tried.';
COMMENT ON COLUMN purge_failures.failed_at IS 'When it was tried last.';

-- migrate:down

DROP TABLE purge_failures;
