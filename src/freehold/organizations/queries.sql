-- part: row
-- What every shape of an organization is read from: o is a row of organizations.
o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at

-- part: organization
-- What an Organization is read from: o is a row of organizations.
{row},
ARRAY(
    SELECT user_id FROM organization_members WHERE organization_id = o.id
    ORDER BY created_at, user_id LIMIT 1000
) AS members,
(SELECT count(*) FROM organization_members WHERE organization_id = o.id) AS members_count

-- name: by_id
-- The organization with this id.
SELECT wanted.place, {organization}
FROM unnest(:id::uuid[]) WITH ORDINALITY AS wanted (id, place)
JOIN organizations o ON o.id = wanted.id AND o.deleted_at IS NULL;

-- name: page_of_user
-- Organizations that a user is a member of, newest id first, before a position; a viewer sees those they share, an API
-- key those of its projects.
SELECT {organization}
FROM organization_members om
JOIN organizations o ON o.id = om.organization_id
WHERE om.user_id = :user_id AND om.organization_id < :before_id AND o.deleted_at IS NULL
    AND (:organization_ids::uuid[] IS NULL OR om.organization_id = ANY (:organization_ids))
    AND (:viewer_id::uuid IS NULL OR EXISTS (
        SELECT 1 FROM organization_members shared
        WHERE shared.organization_id = om.organization_id AND shared.user_id = :viewer_id
    ))
ORDER BY om.organization_id DESC
LIMIT :limit;

-- name: count_of_user
-- How many organizations a user is a member of, as far as a viewer shares them.
SELECT count(*)
FROM organization_roles om
WHERE om.user_id = :user_id
    AND (:organization_ids::uuid[] IS NULL OR om.organization_id = ANY (:organization_ids))
    AND (:viewer_id::uuid IS NULL OR EXISTS (
        SELECT 1 FROM organization_members shared
        WHERE shared.organization_id = om.organization_id AND shared.user_id = :viewer_id
    ));

-- name: page
-- All organizations, newest id first, before a position.
SELECT {organization}
FROM organizations o
WHERE o.id < :before_id AND o.deleted_at IS NULL
ORDER BY o.id DESC
LIMIT :limit;

-- name: count_all
-- How many organizations there are.
SELECT count(*) FROM organizations WHERE deleted_at IS NULL;

-- name: insert
-- Add an organization with its owner as first member, under the first of the slugs that is free; none when all are taken.
WITH organization AS (
    INSERT INTO organizations AS o (id, name, slug, owner_id, owner_consented)
    SELECT :id, :name, candidate, :owner_id, :owner_consented
    FROM unnest(:slugs::text[]) WITH ORDINALITY AS candidates (candidate, rank)
    WHERE NOT EXISTS (SELECT 1 FROM organizations WHERE slug = candidate)
    ORDER BY rank
    LIMIT 1
    ON CONFLICT (slug) DO NOTHING
    RETURNING {row}
), owner AS (
    INSERT INTO organization_members (organization_id, user_id, role)
    SELECT id, owner_id, 'admin' FROM organization
)
SELECT {row}, ARRAY[o.owner_id] AS members, 1 AS members_count
FROM organization o;

-- name: update
-- Change what is given: NULL leaves a column as it is.
UPDATE organizations o
SET name = coalesce(:name, name),
    slug = coalesce(:slug, slug),
    updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
WHERE id = :id AND deleted_at IS NULL AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING {organization};
