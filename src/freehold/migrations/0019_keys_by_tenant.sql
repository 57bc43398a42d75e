-- Begin the keys of projects and audit events with whose they are, so that both can be spread over several servers.
-- migrate: lossy: projects.id two organizations can have projects with one id, of which all but the oldest get another
-- migrate: lossy: audit_events.id two chains can have events with one id, of which all but the oldest get another
-- migrate:up
-- migrate: lint-ignore: require-concurrent-index-creation no release is without this migration, so the tables that it changes are small
-- migrate: lint-ignore: adding-serial-primary-key-field no release is without this migration, so the tables that it changes are small
-- migrate: lint-ignore: require-concurrent-index-deletion no release is without this migration, so the tables that it changes are small

-- A key can be checked by one server alone if it holds the column by which rows are spread. The same schema everywhere: an
-- installation that grows later changes no key of a table that is large by then. Tables of an application point at
-- projects (organization_id, id), which also keeps them from pointing into another organization.
ALTER TABLE projects DROP CONSTRAINT projects_pkey;
ALTER TABLE projects DROP CONSTRAINT projects_organization_id_id_key;
ALTER TABLE projects ADD CONSTRAINT projects_pkey PRIMARY KEY (organization_id, id);
CREATE INDEX projects_id_idx ON projects (id); -- for API keys that are limited to projects, and for imports

-- Events of accounts are read by chain and id, which was an index of its own.
ALTER TABLE audit_events DROP CONSTRAINT audit_events_pkey;
ALTER TABLE audit_events ADD CONSTRAINT audit_events_pkey PRIMARY KEY (chain_id, id);
CREATE INDEX audit_events_id_idx ON audit_events (id); -- for whoever follows all events from one on
DROP INDEX audit_events_user_idx;

-- What an UPDATE computes from a row and the time of now. Where rows are spread, each copy of a row has to come to the same
-- result, so what is computed there has to be immutable, with the time as a parameter. PL/pgSQL where PostgreSQL would put
-- the expression in the place of the function.
CREATE FUNCTION next_version(changed_at timestamptz, version timestamptz) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$SELECT greatest(changed_at, version + interval '1 microsecond')$$;
COMMENT ON FUNCTION next_version IS 'The version of a row that is changed now: the time, and always later than the one before.';
CREATE FUNCTION kept_time(kept timestamptz, otherwise timestamptz) RETURNS timestamptz
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$BEGIN RETURN coalesce(kept, otherwise); END$$;
COMMENT ON FUNCTION kept_time IS 'The first time, or the second where there is none.';
CREATE FUNCTION time_if(is_so boolean, wanted timestamptz) RETURNS timestamptz
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$BEGIN RETURN CASE WHEN is_so THEN wanted END; END$$;
COMMENT ON FUNCTION time_if IS 'A time, or NULL unless the condition holds.';
CREATE FUNCTION seconds_after(start timestamptz, seconds double precision) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$SELECT start + make_interval(secs => seconds)$$;
COMMENT ON FUNCTION seconds_after IS 'The time that is so many seconds after another.';

-- migrate:down

-- Ids are made to differ, so nothing shares one but what somebody gave the same. What gets another breaks no key, and an
-- event that does is told by 'freehold audit verify'.

DROP FUNCTION seconds_after;
DROP FUNCTION time_if;
DROP FUNCTION kept_time;
DROP FUNCTION next_version;
CREATE INDEX audit_events_user_idx ON audit_events (chain_id, id) WHERE organization_id IS NULL;
DROP INDEX audit_events_id_idx;
ALTER TABLE audit_events DROP CONSTRAINT audit_events_pkey;
UPDATE audit_events t SET id = gen_random_uuid()
FROM (SELECT chain_id, id, row_number() OVER (PARTITION BY id ORDER BY created_at, chain_id) AS place FROM audit_events) AS found
WHERE found.place > 1 AND t.chain_id = found.chain_id AND t.id = found.id;
ALTER TABLE audit_events ADD CONSTRAINT audit_events_pkey PRIMARY KEY (id);
DROP INDEX projects_id_idx;
ALTER TABLE projects DROP CONSTRAINT projects_pkey;
UPDATE projects t SET id = gen_random_uuid()
FROM (SELECT organization_id, id, row_number() OVER (PARTITION BY id ORDER BY created_at, organization_id) AS place FROM projects) AS found
WHERE found.place > 1 AND t.organization_id = found.organization_id AND t.id = found.id;
ALTER TABLE projects ADD CONSTRAINT projects_organization_id_id_key UNIQUE (organization_id, id);
ALTER TABLE projects ADD CONSTRAINT projects_pkey PRIMARY KEY (id);
