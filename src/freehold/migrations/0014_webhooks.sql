-- Tell other programs of what happens: endpoints, the events that wait for them, and what became of each.
-- migrate:up
-- migrate: lint-ignore: require-concurrent-index-creation no release is without this migration, and the tables are new

-- Where events are sent. Of the platform, or of an organization, with which it goes.
CREATE TABLE webhook_endpoints (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid,
    url varchar(2048) NOT NULL,
    description varchar(10000) NOT NULL DEFAULT '',
    events text[] NOT NULL,
    status varchar(10) NOT NULL DEFAULT 'enabled',
    sealed_secret bytea NOT NULL,
    sealed_previous_secret bytea,
    previous_secret_expires_at timestamptz,
    failing_since timestamptz,
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_endpoints_organization_id_fkey FOREIGN KEY (organization_id)
        REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT webhook_endpoints_url_check CHECK (
        url ~ '^https?://[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)*\.?(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?([/?][^#\u0001-\u0020\u007f-\u00a0]*)?$'
    ),
    CONSTRAINT webhook_endpoints_events_check CHECK (
        cardinality(events) >= 1 AND cardinality(events) <= 100 AND array_position(events, NULL) IS NULL
    ),
    CONSTRAINT webhook_endpoints_status_check CHECK (status IN ('enabled', 'disabled')),
    CONSTRAINT webhook_endpoints_secret_check CHECK (
        num_nulls(sealed_previous_secret, previous_secret_expires_at) IN (0, 2)
    )
);
CREATE INDEX webhook_endpoints_organization_id_idx ON webhook_endpoints (organization_id, id DESC);
-- Every change looks here whom to tell of it. Those of the platform stand under the UUID of zeros.
CREATE INDEX webhook_endpoints_enabled_idx
    ON webhook_endpoints ((coalesce(organization_id, '00000000-0000-0000-0000-000000000000'::uuid)))
    WHERE status = 'enabled';

-- One event for one endpoint. It names its endpoint without a foreign key: the check would have all changes of all
-- organizations write to the row of a platform's endpoint, and fail those that come while one is removed. What is left of a
-- removed endpoint is dropped by a job.
CREATE TABLE webhook_deliveries (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    endpoint_id uuid NOT NULL,
    chain_id uuid NOT NULL,
    sequence bigint NOT NULL,
    event_id uuid NOT NULL,
    action varchar(64) NOT NULL,
    state varchar(10) NOT NULL DEFAULT 'waiting',
    is_replay boolean NOT NULL DEFAULT false,
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    attempted_at timestamptz,
    ended_at timestamptz,
    url varchar(2048),
    response_status smallint,
    response_body varchar(4096),
    error varchar(500),
    duration_ms integer,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_deliveries_state_check CHECK (
        state IN ('waiting', 'delivered', 'failed') AND (state = 'waiting') = (ended_at IS NULL)
    ),
    CONSTRAINT webhook_deliveries_attempts_check CHECK (attempts >= 0)
);
CREATE INDEX webhook_deliveries_waiting_idx ON webhook_deliveries (endpoint_id, chain_id, sequence, id)
    WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_endpoint_idx ON webhook_deliveries (endpoint_id, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_state_idx ON webhook_deliveries (endpoint_id, state, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_created_at_idx ON webhook_deliveries (created_at);

-- The events of one organization or account that wait for an endpoint, which are sent one after the other.
CREATE TABLE webhook_queues (
    endpoint_id uuid NOT NULL,
    chain_id uuid NOT NULL,
    additions bigint NOT NULL DEFAULT 1,
    failures integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    lease_id uuid,
    CONSTRAINT webhook_queues_pkey PRIMARY KEY (endpoint_id, chain_id),
    CONSTRAINT webhook_queues_counts_check CHECK (additions >= 1 AND failures >= 0)
) WITH (fillfactor = 70); -- each event updates its queue's row in place
CREATE INDEX webhook_queues_due_idx ON webhook_queues (due_at);

COMMENT ON TABLE webhook_endpoints IS 'Where events are sent.';
COMMENT ON COLUMN webhook_endpoints.id IS 'Names the endpoint.';
COMMENT ON COLUMN webhook_endpoints.organization_id IS 'Whose endpoint it is; NULL: the platform''s, which hears of everything.';
COMMENT ON COLUMN webhook_endpoints.url IS 'Where events are posted to.';
COMMENT ON COLUMN webhook_endpoints.description IS 'What it is for, in the words of whoever made it.';
COMMENT ON COLUMN webhook_endpoints.events IS 'The actions that it hears of: project.create, project.* or *.';
COMMENT ON COLUMN webhook_endpoints.status IS 'enabled, or disabled by somebody or after days of failures.';
COMMENT ON COLUMN webhook_endpoints.sealed_secret IS 'What messages are signed with, encrypted with a key of the installation.';
COMMENT ON COLUMN webhook_endpoints.sealed_previous_secret IS 'The secret before, with which they are also signed until it expires.';
COMMENT ON COLUMN webhook_endpoints.previous_secret_expires_at IS 'When the secret before signs no longer.';
COMMENT ON COLUMN webhook_endpoints.failing_since IS 'The first failure after the last success; NULL: none.';
COMMENT ON COLUMN webhook_endpoints.created_by IS 'The user who made it; NULL: the operator, or an API key of the organization.';
COMMENT ON COLUMN webhook_endpoints.created_at IS 'When it was made.';
COMMENT ON COLUMN webhook_endpoints.updated_at IS 'Its version: grows with every change.';
COMMENT ON TABLE webhook_deliveries IS 'What was or is to be sent to an endpoint, and what came of it.';
COMMENT ON COLUMN webhook_deliveries.id IS 'Names the delivery.';
COMMENT ON COLUMN webhook_deliveries.endpoint_id IS 'Where it goes.';
COMMENT ON COLUMN webhook_deliveries.chain_id IS 'Whose event it is: the chain of the audit log.';
COMMENT ON COLUMN webhook_deliveries.sequence IS 'The place of the event in its chain.';
COMMENT ON COLUMN webhook_deliveries.event_id IS 'The event, which is the header webhook-id.';
COMMENT ON COLUMN webhook_deliveries.action IS 'The action of the event.';
COMMENT ON COLUMN webhook_deliveries.state IS 'waiting, delivered, or failed: given up.';
COMMENT ON COLUMN webhook_deliveries.is_replay IS 'Whether somebody asked for it to be sent again.';
COMMENT ON COLUMN webhook_deliveries.attempts IS 'How often it was sent.';
COMMENT ON COLUMN webhook_deliveries.created_at IS 'When it was written: with the change, or with the replay.';
COMMENT ON COLUMN webhook_deliveries.attempted_at IS 'When it was sent last.';
COMMENT ON COLUMN webhook_deliveries.ended_at IS 'When it was delivered or given up; NULL while it waits.';
COMMENT ON COLUMN webhook_deliveries.url IS 'Where the last attempt was sent.';
COMMENT ON COLUMN webhook_deliveries.response_status IS 'The status of what the receiver answered last; NULL: nothing was answered.';
COMMENT ON COLUMN webhook_deliveries.response_body IS 'What the receiver answered last, cut off at 4,096 characters.';
COMMENT ON COLUMN webhook_deliveries.error IS 'Why the last attempt failed; NULL: it did not.';
COMMENT ON COLUMN webhook_deliveries.duration_ms IS 'How long the last attempt took, in milliseconds.';
COMMENT ON TABLE webhook_queues IS 'Which events of whom wait for which endpoint; they are sent in order.';
COMMENT ON COLUMN webhook_queues.endpoint_id IS 'For which endpoint they wait.';
COMMENT ON COLUMN webhook_queues.chain_id IS 'Whose events they are: the chain of the audit log.';
COMMENT ON COLUMN webhook_queues.additions IS 'How often something was added, by which a worker sees that the queue is not empty.';
COMMENT ON COLUMN webhook_queues.failures IS 'Attempts that failed since the last success.';
COMMENT ON COLUMN webhook_queues.due_at IS 'When to send next; while a worker sends: when another may take over; infinity: not before the endpoint is enabled.';
COMMENT ON COLUMN webhook_queues.lease_id IS 'The worker that sends, if one does.';

-- migrate:down

DROP TABLE webhook_queues;
DROP TABLE webhook_deliveries;
DROP TABLE webhook_endpoints;
