-- part: invitation
-- What an invitation and whoever sent it are read from: i is a row of invitations, with what `sent` joins to it.
i.id, i.email, coalesce(r.name, i.role) AS role, i.invited_by, i.created_at, i.expires_at, i.role_id,
{outcome}, r.actions AS promised_actions, {sender}

-- part: outcome
-- What became of an invitation, and when.
CASE WHEN {is_over} THEN 'expired' ELSE i.status END AS status,
CASE WHEN {is_over} THEN i.expires_at ELSE i.ended_at END AS ended_at

-- part: is_over
-- That nobody has answered an invitation in time.
i.status = 'open' AND i.expires_at <= now()

-- part: sender
-- What whoever sent an invitation may do now: s, u and k are joined by `sent`.
i.invited_by_key, s.role AS sender_role, s.actions AS sender_actions, coalesce(u.is_admin, false) AS sender_is_admin,
u.suspended_at IS NOT NULL AS sender_is_suspended,
k.actions AS key_actions

-- part: sent
-- Who sent an invitation: a member, an administrator, or an API key of the organization that works.
LEFT JOIN organization_roles s ON s.organization_id = i.organization_id AND s.user_id = i.invited_by
LEFT JOIN users u ON u.id = i.invited_by
LEFT JOIN api_keys k ON k.id = i.invited_by_key AND k.organization_id = i.organization_id
    AND (k.expires_at IS NULL OR k.expires_at > now())

-- part: received
-- What an invitation is shown from to whom it was sent: o is a row of organizations.
{invitation}, o.id AS organization_id, o.name AS organization_name, o.slug AS organization_slug, u.username AS inviter

-- part: became
-- That an invitation of an organization became one of these. What is open and what has expired is told apart by the clock
-- (NULL: both).
i.organization_id = :organization_id AND i.status = ANY (:statuses::text[])
    AND (:is_over::boolean IS NULL OR (i.expires_at <= now()) = :is_over)

-- name: page
-- Invitations of an organization that became one of these, newest id first, before a position.
-- reads: replica
SELECT {invitation}
FROM invitations i
LEFT JOIN roles r ON r.organization_id = i.organization_id AND r.id = i.role_id
{sent}
WHERE {became} AND i.id < :before_id
ORDER BY i.id DESC
LIMIT :limit;

-- name: page_oldest
-- Invitations of an organization that became one of these, oldest id first, after a position.
-- reads: replica
SELECT {invitation}
FROM invitations i
LEFT JOIN roles r ON r.organization_id = i.organization_id AND r.id = i.role_id
{sent}
WHERE {became} AND i.id > :after_id
ORDER BY i.id
LIMIT :limit;

-- name: count_all
-- How many invitations of an organization became one of these.
-- reads: replica
SELECT count(*) FROM invitations i WHERE {became};

-- name: by_id
-- The invitation of an organization with this id.
-- reads: replica
SELECT {invitation}
FROM invitations i
LEFT JOIN roles r ON r.organization_id = i.organization_id AND r.id = i.role_id
{sent}
WHERE i.organization_id = :organization_id AND i.id = :id;

-- name: survey
-- Of each address, in any case: whether a member of an organization has it, and whether it has an open invitation.
SELECT EXISTS (
    SELECT
    FROM users u
    JOIN organization_members m ON m.user_id = u.id
    WHERE lower(u.email COLLATE "C") = lower(wanted.email COLLATE "C") AND m.organization_id = :organization_id
) AS is_member, EXISTS (
    SELECT
    FROM invitations i
    WHERE lower(i.email COLLATE "C") = lower(wanted.email COLLATE "C") AND i.organization_id = :organization_id
        AND i.status = 'open' AND i.expires_at > now()
) AS is_open
FROM unnest(:emails::text[]) WITH ORDINALITY AS wanted (email, place)
ORDER BY place;

-- name: lock_organization
-- Make all that invites to an organization wait for each other, so that what is counted holds.
SELECT id FROM organizations WHERE id = :organization_id FOR NO KEY UPDATE;

-- name: count_open
-- How many invitations of an organization can be accepted.
SELECT count(*) FROM invitations WHERE organization_id = :organization_id AND status = 'open' AND expires_at > now();

-- name: sponsor
-- Who answers for what is sent in an organization: a user, or whoever made the key, or else the owner; whether they have
-- confirmed their address, and whether they are suspended.
SELECT u.id, u.email_verified_at IS NOT NULL AS is_confirmed, u.suspended_at IS NOT NULL AS is_suspended
FROM organizations o
JOIN users u ON u.id = coalesce(
    :user_id, (SELECT c.id FROM api_keys k JOIN users c ON c.id = k.created_by WHERE k.id = :key_id), o.owner_id
)
WHERE o.id = :organization_id;

-- name: letterhead
-- What a mail calls an organization and a user (NULL for nobody).
SELECT o.name AS organization, u.username
FROM organizations o
LEFT JOIN users u ON u.id = :user_id
WHERE o.id = :organization_id;

-- name: make_room
-- Settle that invitations to addresses have expired, so that there can be others.
UPDATE invitations i
SET status = 'expired', ended_at = i.expires_at, token_hash = NULL
FROM unnest(:emails::text[]) AS wanted (email)
WHERE lower(i.email COLLATE "C") = lower(wanted.email COLLATE "C") AND i.organization_id = :organization_id
    AND {is_over};

-- name: insert_all
-- Invite addresses, but for those that have an open invitation.
INSERT INTO invitations (organization_id, id, email, role, role_id, token_hash, invited_by, invited_by_key, expires_at)
SELECT :organization_id, id, email, role, role_id, token_hash, :invited_by, :invited_by_key,
    now() + make_interval(secs => :lifetime_seconds)
FROM unnest(:ids::uuid[], :emails::text[], :roles::text[], :role_ids::uuid[], :token_hashes::bytea[])
    AS wanted (id, email, role, role_id, token_hash)
ORDER BY lower(email COLLATE "C")
ON CONFLICT (organization_id, lower(email COLLATE "C")) WHERE status = 'open' DO NOTHING
RETURNING id, email, role, invited_by, created_at, expires_at;

-- name: renew
-- Give an invitation that nobody has answered another token and a new time; the token before no longer works. It is whose
-- who sends it again.
UPDATE invitations
SET token_hash = :token_hash,
    invited_by = :invited_by,
    invited_by_key = :invited_by_key,
    expires_at = now() + make_interval(secs => :lifetime_seconds)
WHERE organization_id = :organization_id AND id = :id AND status = 'open'
RETURNING id, email, role, role_id, invited_by, created_at, expires_at;

-- name: revoke
-- Revoke an invitation that nobody has answered.
UPDATE invitations
SET status = 'revoked', ended_at = now(), token_hash = NULL
WHERE organization_id = :organization_id AND id = :id AND status = 'open'
RETURNING id;

-- name: take
-- Use up an open invitation, if it is for the address that a user has confirmed. Of two who try at once, one gets it. One
-- that was made far ahead of now was made before the clock was set back, and would live for as long as that was wrong.
UPDATE invitations i
SET status = 'accepted', ended_at = now(), token_hash = NULL, accepted_by = u.id
FROM organizations o, users u
WHERE i.token_hash = :token_hash
    AND i.expires_at > now()
    AND i.created_at < now() + interval '1 hour'
    AND o.id = i.organization_id
    AND o.deleted_at IS NULL
    AND u.id = :user_id
    AND u.email_verified_at IS NOT NULL
    AND u.suspended_at IS NULL
    AND lower(u.email COLLATE "C") = lower(i.email COLLATE "C")
RETURNING i.organization_id, i.id, i.role, i.role_id, i.invited_by, i.invited_by_key;

-- name: by_token
-- The open invitation with this token.
SELECT {received}
FROM invitations i
JOIN organizations o ON o.id = i.organization_id AND o.deleted_at IS NULL
LEFT JOIN roles r ON r.organization_id = i.organization_id AND r.id = i.role_id
{sent}
WHERE i.token_hash = :token_hash AND i.expires_at > now() AND i.created_at < now() + interval '1 hour';

-- name: page_of_user
-- Open invitations to the address that a user has confirmed, newest id first, before a position.
SELECT {received}
FROM users me
JOIN invitations i ON lower(i.email COLLATE "C") = lower(me.email COLLATE "C")
JOIN organizations o ON o.id = i.organization_id AND o.deleted_at IS NULL
LEFT JOIN roles r ON r.organization_id = i.organization_id AND r.id = i.role_id
{sent}
WHERE me.id = :user_id AND me.email_verified_at IS NOT NULL AND i.status = 'open' AND i.expires_at > now()
    AND i.id < :before_id
ORDER BY i.id DESC
LIMIT :limit;

-- name: count_of_user
-- How many open invitations there are to the address that a user has confirmed.
SELECT count(*)
FROM users me
JOIN invitations i ON lower(i.email COLLATE "C") = lower(me.email COLLATE "C")
JOIN organizations o ON o.id = i.organization_id AND o.deleted_at IS NULL
WHERE me.id = :user_id AND me.email_verified_at IS NOT NULL AND i.status = 'open' AND i.expires_at > now();

-- name: decline
-- Use up an open invitation that its receiver does not want.
UPDATE invitations
SET status = 'declined', ended_at = now(), token_hash = NULL
WHERE token_hash = :token_hash AND expires_at > now() AND created_at < now() + interval '1 hour'
RETURNING organization_id, id;

-- name: decline_of_user
-- Use up an open invitation to the address that a user has confirmed.
UPDATE invitations i
SET status = 'declined', ended_at = now(), token_hash = NULL
FROM users me
WHERE me.id = :user_id AND me.email_verified_at IS NOT NULL AND i.id = :id AND i.status = 'open' AND i.expires_at > now()
    AND lower(i.email COLLATE "C") = lower(me.email COLLATE "C")
RETURNING i.organization_id, i.id;

-- name: sender
-- What whoever sent an invitation may do now; asked once the organization is locked, so that it goes on to hold.
SELECT i.invited_by, {sender}
FROM (SELECT :organization_id::uuid AS organization_id, :invited_by::uuid AS invited_by, :invited_by_key::uuid AS invited_by_key) AS i
{sent};

-- name: is_for_address
-- Whether an open invitation is for an address, in any case; no row when there is none with this token.
SELECT lower(i.email COLLATE "C") = lower(:email::text COLLATE "C")
FROM invitations i
JOIN organizations o ON o.id = i.organization_id
WHERE i.token_hash = :token_hash
    AND i.expires_at > now()
    AND i.created_at < now() + interval '1 hour'
    AND o.deleted_at IS NULL;

-- name: membership
-- What a user is in an organization; no row when they are nothing there.
SELECT {organizations.row}, r.role, r.joined_at
FROM organization_roles r
JOIN organizations o ON o.id = r.organization_id
WHERE r.organization_id = :organization_id AND r.user_id = :user_id;

-- name: drop_old
-- Forget invitations 90 days after they were answered or revoked, or have expired, but for some.
DELETE FROM invitations
WHERE coalesce(ended_at, expires_at) < now() - interval '90 days'
    AND organization_id::text || ' ' || id::text <> ALL (:kept::text[]);
