BEGIN;

CREATE TABLE IF NOT EXISTS agents (
    id serial PRIMARY KEY,
    login text NOT NULL,
    role text NOT NULL DEFAULT 'agent' CHECK (role IN ('agent', 'admin'))
);
CREATE UNIQUE INDEX IF NOT EXISTS agents_login ON agents (login);

COMMIT;
