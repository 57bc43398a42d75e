-- Let programs keep what is theirs beside users, organizations and projects, and give organizations features.
-- migrate:up
-- migrate: lint-ignore: constraint-missing-not-valid no release is without this migration, so the tables that it changes are empty
-- migrate: lint-ignore: adding-field-with-default the default is a constant, which PostgreSQL stores once and not in every row

-- Each is a JSON object of at most 8 KiB as PostgreSQL writes it. Objects and lists stand in each other at most 5 deep, so
-- what is below the fifth is neither. Who merges a change into one holds the row meanwhile.
ALTER TABLE users ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}';
ALTER TABLE users ADD CONSTRAINT users_metadata_check CHECK (
    jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192
    AND NOT jsonb_path_exists(metadata, 'strict $.**{5} ? (@.type() == "object" || @.type() == "array")')
);
COMMENT ON COLUMN users.metadata IS 'What the user and their programs noted down; for the user and platform administrators.';

ALTER TABLE users ADD COLUMN public_metadata jsonb NOT NULL DEFAULT '{}';
ALTER TABLE users ADD CONSTRAINT users_public_metadata_check CHECK (
    jsonb_typeof(public_metadata) = 'object' AND octet_length(public_metadata::text) <= 8192
    AND NOT jsonb_path_exists(public_metadata, 'strict $.**{5} ? (@.type() == "object" || @.type() == "array")')
);
COMMENT ON COLUMN users.public_metadata IS 'What administrators noted down of the user for everybody who sees them.';

ALTER TABLE users ADD COLUMN private_metadata jsonb NOT NULL DEFAULT '{}';
ALTER TABLE users ADD CONSTRAINT users_private_metadata_check CHECK (
    jsonb_typeof(private_metadata) = 'object' AND octet_length(private_metadata::text) <= 8192
    AND NOT jsonb_path_exists(private_metadata, 'strict $.**{5} ? (@.type() == "object" || @.type() == "array")')
);
COMMENT ON COLUMN users.private_metadata IS 'What administrators noted down of the user for themselves.';

ALTER TABLE organizations ADD COLUMN public_metadata jsonb NOT NULL DEFAULT '{}';
ALTER TABLE organizations ADD CONSTRAINT organizations_public_metadata_check CHECK (
    jsonb_typeof(public_metadata) = 'object' AND octet_length(public_metadata::text) <= 8192
    AND NOT jsonb_path_exists(public_metadata, 'strict $.**{5} ? (@.type() == "object" || @.type() == "array")')
);
COMMENT ON COLUMN organizations.public_metadata IS 'What was noted down for everybody who may read the organization.';

ALTER TABLE organizations ADD COLUMN private_metadata jsonb NOT NULL DEFAULT '{}';
ALTER TABLE organizations ADD CONSTRAINT organizations_private_metadata_check CHECK (
    jsonb_typeof(private_metadata) = 'object' AND octet_length(private_metadata::text) <= 8192
    AND NOT jsonb_path_exists(private_metadata, 'strict $.**{5} ? (@.type() == "object" || @.type() == "array")')
);
COMMENT ON COLUMN organizations.private_metadata IS 'What was noted down for those who may change the organization.';

ALTER TABLE projects ADD COLUMN public_metadata jsonb NOT NULL DEFAULT '{}';
ALTER TABLE projects ADD CONSTRAINT projects_public_metadata_check CHECK (
    jsonb_typeof(public_metadata) = 'object' AND octet_length(public_metadata::text) <= 8192
    AND NOT jsonb_path_exists(public_metadata, 'strict $.**{5} ? (@.type() == "object" || @.type() == "array")')
);
COMMENT ON COLUMN projects.public_metadata IS 'What was noted down for all members who may read the project.';

ALTER TABLE projects ADD COLUMN private_metadata jsonb NOT NULL DEFAULT '{}';
ALTER TABLE projects ADD CONSTRAINT projects_private_metadata_check CHECK (
    jsonb_typeof(private_metadata) = 'object' AND octet_length(private_metadata::text) <= 8192
    AND NOT jsonb_path_exists(private_metadata, 'strict $.**{5} ? (@.type() == "object" || @.type() == "array")')
);
COMMENT ON COLUMN projects.private_metadata IS 'What was noted down for those who may change the organization.';

-- The same rule as projects_features_check.
ALTER TABLE organizations ADD COLUMN features text[] NOT NULL DEFAULT '{}';
ALTER TABLE organizations ADD CONSTRAINT organizations_features_check CHECK (
    CASE WHEN features::text ~ '^\{(([a-z0-9_.-]{1,64}|"null")(,([a-z0-9_.-]{1,64}|"null"))*)?\}$'
    THEN cardinality(features) <= 100 AND cardinality(features) = length(array_to_tsvector(features))
    ELSE false END
);
COMMENT ON COLUMN organizations.features IS 'Names of the features that are on, each once.';

-- migrate:down

ALTER TABLE organizations DROP COLUMN features;
ALTER TABLE projects DROP COLUMN private_metadata;
ALTER TABLE projects DROP COLUMN public_metadata;
ALTER TABLE organizations DROP COLUMN private_metadata;
ALTER TABLE organizations DROP COLUMN public_metadata;
ALTER TABLE users DROP COLUMN private_metadata;
ALTER TABLE users DROP COLUMN public_metadata;
ALTER TABLE users DROP COLUMN metadata;
