-- Hold the role that an invitation promises by its id: another role that gets its name later is not the one that was promised.
-- Count what one mailbox gets, whoever asks for it.
-- migrate:up

-- NULL for a built-in role. It is no foreign key: a role can be removed while invitations to it are open, which is then said.
ALTER TABLE invitations ADD COLUMN role_id uuid;

UPDATE invitations i
SET role_id = r.id
FROM roles r
WHERE r.organization_id = i.organization_id AND r.name = i.role;

-- How many mails of a kind were written to an address since ``ends_at`` less an hour; the subject is a hash of both, so that
-- the table tells nobody's address.
CREATE TABLE mail_budgets (
    subject bytea NOT NULL,
    mails integer NOT NULL,
    ends_at timestamptz NOT NULL,
    CONSTRAINT mail_budgets_pkey PRIMARY KEY (subject),
    CONSTRAINT mail_budgets_subject_check CHECK (length(subject) = 32),
    CONSTRAINT mail_budgets_mails_check CHECK (mails >= 1)
);
CREATE INDEX mail_budgets_ends_at_idx ON mail_budgets (ends_at);
COMMENT ON TABLE mail_budgets IS 'How many mails an address got within the hour.';

-- migrate:down
-- An older version restrains nobody, and looks the role up by its name, which may be another one by now.

UPDATE invitations i
SET role = r.name
FROM roles r
WHERE r.organization_id = i.organization_id AND r.id = i.role_id;

ALTER TABLE invitations DROP COLUMN role_id;
DROP TABLE mail_budgets;
