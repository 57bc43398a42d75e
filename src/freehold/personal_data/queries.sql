-- name: account
-- A user, the address that they change to, and what they keep.
SELECT {users.user}, u.is_admin, u.suspended_at, u.locale, nullif(v.email, u.email) AS new_email,
    u.metadata, u.public_metadata, u.private_metadata
FROM users u
LEFT JOIN email_verifications v ON v.user_id = u.id
WHERE u.id = :user_id;

-- name: sessions
-- A user's sessions, in order of id, after a position.
SELECT id, created_at, last_used_at, expires_at, user_agent, host(ip) AS ip
FROM sessions
WHERE user_id = :user_id AND id > :after_id
ORDER BY id
LIMIT :limit;

-- name: memberships
-- Organizations that a user belongs to, in order of id, after a position; of the deleted ones those that are theirs.
SELECT r.organization_id, o.name, o.slug, r.role, r.joined_at, r.deleted_at
FROM all_organization_roles r
JOIN organizations o ON o.id = r.organization_id
WHERE r.user_id = :user_id AND r.organization_id > :after_id AND (r.deleted_at IS NULL OR r.role = 'owner')
ORDER BY r.organization_id
LIMIT :limit;

-- name: invitations
-- Invitations that a user has accepted, and those to an address (NULL: none), in order of id, after a position.
SELECT i.id, i.organization_id, o.name AS organization, i.email, coalesce(r.name, i.role) AS role, i.created_at,
    i.expires_at, {organizations.invitations.outcome}
FROM invitations i
JOIN organizations o ON o.id = i.organization_id
LEFT JOIN roles r ON r.organization_id = i.organization_id AND r.id = i.role_id
WHERE (i.accepted_by = :user_id OR lower(i.email COLLATE "C") = lower(:email::text COLLATE "C")) AND i.id > :after_id
    AND o.deleted_at IS NULL
ORDER BY i.id
LIMIT :limit;

-- name: owner_offers
-- Open offers to a user of an organization's ownership, in order of organization, after a position.
SELECT f.organization_id, o.name AS organization, f.created_at, f.expires_at
FROM owner_offers f
JOIN organizations o ON o.id = f.organization_id
WHERE f.user_id = :user_id AND f.organization_id > :after_id AND f.expires_at > now() AND o.deleted_at IS NULL
ORDER BY f.organization_id
LIMIT :limit;

-- name: api_keys
-- A user's keys, in order of id, after a position.
SELECT {api_keys.api_key}
FROM api_keys k
WHERE user_id = :user_id AND id > :after_id
ORDER BY id
LIMIT :limit;

-- name: former_emails
-- Addresses that a user had before a change that can still be undone, in order of change.
SELECT email, created_at, expires_at
FROM email_undos
WHERE user_id = :user_id
ORDER BY created_at
LIMIT :limit;

-- name: mails_about
-- Mails that speak of a user, whoever got them, in order of id, after a position.
SELECT id, recipient AS "to", subject, created_at, sent_at
FROM mail_messages
WHERE user_id = :user_id AND id > :after_id
ORDER BY id
LIMIT :limit;

-- name: mails_to
-- Mails to an address that do not speak of its user, in order of id, after a position.
SELECT id, recipient AS "to", subject, created_at, sent_at
FROM mail_messages
WHERE lower(recipient COLLATE "C") = lower(:email::text COLLATE "C")
    AND user_id IS DISTINCT FROM :user_id
    AND id > :after_id
ORDER BY id
LIMIT :limit;

-- name: owned
-- Organizations that a user owns, deleted ones, too: a few, since they are to be named.
SELECT slug, deleted_at IS NOT NULL AS is_deleted
FROM organizations
WHERE owner_id = :user_id
ORDER BY deleted_at NULLS FIRST, slug
LIMIT 10;

-- name: organization_ids
-- Organizations that a user belongs to, deleted ones, too, in order of id.
SELECT organization_id FROM organization_members WHERE user_id = :user_id ORDER BY organization_id;

-- part: person
-- The address of a user who has shown that it is theirs, or of whom an administrator is sure.
person AS (
    SELECT lower(email COLLATE "C") AS address
    FROM users
    WHERE id = :user_id AND (email_verified_at IS NOT NULL OR :is_sure::boolean)
)

-- name: erase_received
-- Remove mails and invitations to a user's address: when they have shown that it is theirs, or an administrator says so.
WITH {person}, mails AS (
    DELETE FROM mail_messages m USING person WHERE lower(m.recipient COLLATE "C") = person.address
)
DELETE FROM invitations i USING person WHERE lower(i.email COLLATE "C") = person.address;

-- name: erase_received @citus
-- The same of mails alone; see erase_invitations.
WITH {person}
DELETE FROM mail_messages m USING person WHERE lower(m.recipient COLLATE "C") = person.address;

-- name: erase_invitations
-- Remove invitations to a user's address, on Citus, where they are on other servers than mails.
WITH {person}
DELETE FROM invitations i USING person WHERE lower(i.email COLLATE "C") = person.address;
