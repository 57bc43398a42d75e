-- Let applications declare actions of their own, which roles and API keys hold like Freehold's.
-- migrate:up
-- migrate: lint-ignore: constraint-missing-not-valid no release is without this migration, so the tables that it changes are empty
-- migrate: lint-ignore: require-concurrent-index-creation no release is without this migration, so the tables that it changes are empty

CREATE TABLE own_actions (
    name varchar(64) NOT NULL,
    lowest_role varchar(10) NOT NULL,
    description varchar(500),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT own_actions_pkey PRIMARY KEY (name),
    CONSTRAINT own_actions_name_check CHECK (name ~ '^[a-z_]+\.[a-z_]+$'),
    -- Whoever has a higher role can do all that the lower one can: what one role may say is where it begins.
    CONSTRAINT own_actions_lowest_role_check CHECK (lowest_role IN ('owner', 'admin', 'member')),
    CONSTRAINT own_actions_description_check CHECK (
        description ~ '^[^\u0001-\u001f\u007f-\u009f]+$' AND description !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'
    )
);
COMMENT ON TABLE own_actions IS 'Actions that applications declared, beside those of Freehold.';
COMMENT ON COLUMN own_actions.name IS 'Noun and verb, such as invoice.read; never a noun of Freehold.';
COMMENT ON COLUMN own_actions.lowest_role IS 'The lowest built-in role that has it; higher ones have it, too.';
COMMENT ON COLUMN own_actions.description IS 'What it allows, for people; NULL for nothing said.';
COMMENT ON COLUMN own_actions.created_at IS 'When it was first declared.';
COMMENT ON COLUMN own_actions.updated_at IS 'When its role or description last changed.';

CREATE TABLE action_declarations (
    application varchar(50) NOT NULL,
    action varchar(64) NOT NULL,
    revision integer NOT NULL,
    declared_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT action_declarations_pkey PRIMARY KEY (application, action),
    CONSTRAINT action_declarations_action_fkey FOREIGN KEY (action) REFERENCES own_actions (name) ON DELETE CASCADE,
    CONSTRAINT action_declarations_application_check CHECK (application ~ '^[a-z][a-z0-9_-]{0,49}$'),
    CONSTRAINT action_declarations_revision_check CHECK (revision >= 1)
);
CREATE INDEX action_declarations_action_idx ON action_declarations (action);
COMMENT ON TABLE action_declarations IS 'Which application uses which of the actions in own_actions.';
COMMENT ON COLUMN action_declarations.application IS 'Name that the application gave itself.';
COMMENT ON COLUMN action_declarations.action IS 'An action that it declared.';
COMMENT ON COLUMN action_declarations.revision IS 'Which of its declarations named the action last; an older one changes nothing.';
COMMENT ON COLUMN action_declarations.declared_at IS 'When it declared the action in this revision.';

-- Every check of access reads this with what it reads anyway, and so sees at once that own_actions changed. It is a
-- random value, no counter: one that was rolled back, or belongs to a backup, never stands for anything else.
CREATE TABLE own_action_versions (
    id smallint NOT NULL DEFAULT 1,
    version uuid NOT NULL,
    CONSTRAINT own_action_versions_pkey PRIMARY KEY (id),
    CONSTRAINT own_action_versions_id_check CHECK (id = 1)
);
INSERT INTO own_action_versions (version) VALUES (gen_random_uuid());
COMMENT ON TABLE own_action_versions IS 'One row: what own_actions holds, as a version; who changes own_actions renews it.';
COMMENT ON COLUMN own_action_versions.id IS 'Always 1.';
COMMENT ON COLUMN own_action_versions.version IS 'A new random value for every change of own_actions.';

-- Roles and keys hold Freehold's actions and up to 100 others.
ALTER TABLE roles DROP CONSTRAINT roles_actions_check;
ALTER TABLE roles ADD CONSTRAINT roles_actions_check CHECK (
    CASE WHEN actions::text ~ '^\{([a-z_]+\.[a-z_]+(,[a-z_]+\.[a-z_]+)*)?\}$'
    THEN cardinality(actions) <= 200 AND cardinality(actions) = length(array_to_tsvector(actions))
        AND 'organization.read' = ANY (actions)
    ELSE false END
);
ALTER TABLE api_keys DROP CONSTRAINT api_keys_actions_check;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_actions_check CHECK (
    CASE WHEN actions::text ~ '^\{([a-z_]+\.[a-z_]+(,[a-z_]+\.[a-z_]+)*)?\}$'
    THEN cardinality(actions) <= 200 AND cardinality(actions) = length(array_to_tsvector(actions))
    ELSE actions IS NULL END
);
-- Who holds an action is asked before it is deleted.
CREATE INDEX roles_actions_idx ON roles USING gin (actions);
CREATE INDEX api_keys_actions_idx ON api_keys USING gin (actions) WHERE actions IS NOT NULL;

-- migrate:down
-- An older version knows no actions but Freehold's; what roles and keys hold of others gives nothing there.

DROP INDEX api_keys_actions_idx;
DROP INDEX roles_actions_idx;
UPDATE api_keys SET actions = actions[1:100] WHERE cardinality(actions) > 100;
UPDATE roles SET actions = array_append(array_remove(actions, 'organization.read'), 'organization.read')
WHERE cardinality(actions) > 100;
UPDATE roles SET actions = actions[cardinality(actions) - 99:] WHERE cardinality(actions) > 100;
ALTER TABLE api_keys DROP CONSTRAINT api_keys_actions_check;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_actions_check CHECK (
    CASE WHEN actions::text ~ '^\{([a-z_]+\.[a-z_]+(,[a-z_]+\.[a-z_]+)*)?\}$'
    THEN cardinality(actions) <= 100 AND cardinality(actions) = length(array_to_tsvector(actions))
    ELSE actions IS NULL END
);
ALTER TABLE roles DROP CONSTRAINT roles_actions_check;
ALTER TABLE roles ADD CONSTRAINT roles_actions_check CHECK (
    CASE WHEN actions::text ~ '^\{([a-z_]+\.[a-z_]+(,[a-z_]+\.[a-z_]+)*)?\}$'
    THEN cardinality(actions) <= 100 AND cardinality(actions) = length(array_to_tsvector(actions))
        AND 'organization.read' = ANY (actions)
    ELSE false END
);
DROP TABLE own_action_versions;
DROP TABLE action_declarations;
DROP TABLE own_actions;
