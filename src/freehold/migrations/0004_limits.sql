-- Limits at the edge: how often somebody asked, who failed to sign in, and the answers of repeated requests.
-- migrate:up

-- How often each caller asked in a window of time, summed up over all nodes. Worth nothing after a crash, so it is not
-- written to the log of changes (UNLOGGED).
CREATE UNLOGGED TABLE request_counts (
    bucket varchar(100) NOT NULL,
    ends_at timestamptz NOT NULL,
    requests bigint NOT NULL,
    CONSTRAINT request_counts_pkey PRIMARY KEY (bucket, ends_at)
) WITH (fillfactor = 50); -- counting updates a row in place
CREATE INDEX request_counts_ends_at_idx ON request_counts (ends_at);

-- Failed attempts to sign in, by what they are counted against; each subject is a hash, so that the table tells nobody's
-- login or address. ``is_known`` is a device that has signed in with this login before.
CREATE TABLE sign_in_budgets (
    subject bytea NOT NULL,
    is_known boolean NOT NULL DEFAULT false,
    failures integer NOT NULL DEFAULT 0,
    retry_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT sign_in_budgets_pkey PRIMARY KEY (subject),
    CONSTRAINT sign_in_budgets_subject_check CHECK (length(subject) = 32),
    CONSTRAINT sign_in_budgets_failures_check CHECK (failures >= 0)
);
CREATE INDEX sign_in_budgets_expires_at_idx ON sign_in_budgets (expires_at);

-- The first answer to a request that was sent with an Idempotency-Key, sealed with the key, of which only a hash is here.
CREATE TABLE idempotent_answers (
    key_hash bytea NOT NULL,
    request_hash bytea NOT NULL,
    sealed_answer bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT idempotent_answers_pkey PRIMARY KEY (key_hash),
    CONSTRAINT idempotent_answers_hash_check CHECK (length(key_hash) = 32 AND length(request_hash) = 32)
);
CREATE INDEX idempotent_answers_expires_at_idx ON idempotent_answers (expires_at);

COMMENT ON TABLE request_counts IS 'How often each caller asked in a window of time.';
COMMENT ON TABLE sign_in_budgets IS 'Failed attempts to sign in, and devices that are known.';
COMMENT ON TABLE idempotent_answers IS 'Answers to requests with an Idempotency-Key, sealed, for a day.';

-- migrate:down

DROP TABLE idempotent_answers;
DROP TABLE sign_in_budgets;
DROP TABLE request_counts;
