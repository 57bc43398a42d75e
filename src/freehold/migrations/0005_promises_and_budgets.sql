-- Hold the role that an invitation promises by its id: another role that gets its name later is not the one that was promised.
-- migrate:up

-- NULL for a built-in role. It is no foreign key: a role can be removed while invitations to it are open, which is then said.
ALTER TABLE invitations ADD COLUMN role_id uuid;

UPDATE invitations i
SET role_id = r.id
FROM roles r
WHERE r.organization_id = i.organization_id AND r.name = i.role;

-- migrate:down
-- An older version looks the role up by its name, which may be another one by now.

UPDATE invitations i
SET role = r.name
FROM roles r
WHERE r.organization_id = i.organization_id AND r.id = i.role_id;

ALTER TABLE invitations DROP COLUMN role_id;
