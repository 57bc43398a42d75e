-- part: offer
-- What an OwnerOffer is read from: f is a row of owner_offers, u of users.
f.organization_id, f.offered_by, f.created_at, f.expires_at, u.id, u.username, u.first_name, u.last_name, u.avatar_url

-- name: lock
-- Make all that changes who may do what in an organization wait for each other; tells who owns it.
SELECT owner_id FROM organizations WHERE id = :id FOR NO KEY UPDATE;

-- name: member
-- A member, with their address if they have confirmed it, what the organization is called, and whether they are suspended.
SELECT u.username, CASE WHEN u.email_verified_at IS NOT NULL THEN u.email END AS email, o.name AS organization,
    u.suspended_at IS NOT NULL AS is_suspended
FROM organization_members m
JOIN users u ON u.id = m.user_id
JOIN organizations o ON o.id = m.organization_id
WHERE m.organization_id = :organization_id AND m.user_id = :user_id;

-- name: username_of
-- What a user is called.
SELECT username FROM users WHERE id = :user_id;

-- name: insert
-- Offer ownership to a member; an offer from before ends.
INSERT INTO owner_offers (organization_id, user_id, offered_by, offered_by_key, expires_at)
VALUES (
    :organization_id, :user_id, :offered_by, :offered_by_key, now() + make_interval(secs => :lifetime_seconds)
)
ON CONFLICT (organization_id) DO UPDATE
SET user_id = excluded.user_id,
    offered_by = excluded.offered_by,
    offered_by_key = excluded.offered_by_key,
    created_at = excluded.created_at,
    expires_at = excluded.expires_at;

-- name: get
-- The open offer of an organization.
SELECT {offer}
FROM owner_offers f
JOIN users u ON u.id = f.user_id
WHERE f.organization_id = :organization_id AND f.expires_at > now();

-- name: take
-- Use up the open offer of an organization to a user who is not suspended. One that was made far ahead of now was made
-- before the clock was set back.
DELETE FROM owner_offers f
USING users u
WHERE f.organization_id = :organization_id AND f.user_id = :user_id AND f.expires_at > now()
    AND f.created_at < now() + interval '1 hour'
    AND u.id = f.user_id AND u.suspended_at IS NULL
RETURNING f.offered_by, f.offered_by_key;

-- name: delete
-- End the offer of an organization, to whomever it is.
DELETE FROM owner_offers WHERE organization_id = :organization_id RETURNING user_id;

-- name: drop_expired
-- Forget the offers that were not answered in time, but for some.
DELETE FROM owner_offers WHERE expires_at <= now() AND organization_id::text <> ALL (:kept::text[]);

-- name: give
-- Give an organization to a member, and note whether they have agreed.
UPDATE organizations o
SET owner_id = :owner_id,
    owner_consented = :consented,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :id AND deleted_at IS NULL AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING {organizations.organization};

-- name: lock_unasked
-- Hold the organizations that a user owns without having been asked, deleted ones, too.
SELECT id FROM organizations WHERE owner_id = :user_id AND NOT owner_consented ORDER BY id FOR NO KEY UPDATE;

-- name: pass_on
-- Give organizations to the admin, or else the member, who has been there longest beside their owner: of those who are
-- suspended only when there is nobody else. Those with no other member stay as they are.
UPDATE organizations o
SET owner_id = heir.user_id,
    updated_at = next_version(statement_timestamp(), o.updated_at)
FROM unnest(:ids::uuid[]) AS passed (id)
CROSS JOIN LATERAL (
    SELECT m.user_id
    FROM organization_members m
    JOIN users u ON u.id = m.user_id
    WHERE m.organization_id = passed.id AND m.user_id <> :user_id
    ORDER BY u.suspended_at IS NOT NULL, m.role = 'admin' AND m.role_id IS NULL DESC, m.created_at, m.user_id
    LIMIT 1
) AS heir
WHERE o.id = passed.id
RETURNING o.id, o.owner_id, o.name;
