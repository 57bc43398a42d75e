-- part: project
-- What a Project is read from: p is a row of projects.
p.id, p.name, p.organization_id, p.description, p.visibility, p.features, p.created_at, p.updated_at

-- part: kept
-- What a KeptProject is read from: p is a row of projects.
{project}, p.public_metadata, p.private_metadata

-- name: seed_projects_of_organization
-- The seed's second query, to the letter; the pattern of page.
SELECT p.*
FROM projects p
WHERE p.organization_id = $1
ORDER BY p.created_at DESC;

-- name: page
-- Projects of an organization, newest first, before a position.
-- reads: replica
SELECT wanted.place, found.*
FROM unnest(:organization_id::uuid[], :before_created_at::timestamptz[], :before_id::uuid[], :limit::bigint[])
    WITH ORDINALITY AS wanted (organization_id, before_created_at, before_id, "limit", place)
CROSS JOIN LATERAL (
    SELECT {project}
    FROM projects p
    WHERE p.organization_id = wanted.organization_id
        AND (p.created_at, p.id) < (wanted.before_created_at, wanted.before_id)
    ORDER BY p.created_at DESC, p.id DESC
    LIMIT wanted."limit"
) AS found;

-- name: page @citus
-- The same, of one organization, whose server is asked.
SELECT {project}
FROM projects p
WHERE p.organization_id = :organization_id
    AND (p.created_at, p.id) < (:before_created_at, :before_id)
ORDER BY p.created_at DESC, p.id DESC
LIMIT :limit;

-- name: page_public
-- Public projects of an organization, newest first, before a position.
SELECT {project}
FROM projects p
WHERE p.organization_id = :organization_id
    AND p.visibility = 'public'
    AND (p.created_at, p.id) < (:before_created_at, :before_id)
ORDER BY p.created_at DESC, p.id DESC
LIMIT :limit;

-- name: page_chosen
-- Those of an organization's projects that an API key is limited to, perhaps the public ones alone, newest first.
-- reads: replica
SELECT {project}
FROM projects p
WHERE p.organization_id = :organization_id
    AND p.id = ANY (:ids::uuid[])
    AND (p.visibility = 'public' OR NOT :public_only::boolean)
    AND (p.created_at, p.id) < (:before_created_at, :before_id)
ORDER BY p.created_at DESC, p.id DESC
LIMIT :limit;

-- part: narrowed
-- Which projects are asked for and may be seen; what is not asked for is NULL.
p.organization_id = :organization_id
AND (:ids::uuid[] IS NULL OR p.id = ANY (:ids))
AND (p.visibility = 'public' OR NOT :public_only::boolean)
AND (:visibility::text IS NULL OR p.visibility = :visibility)
AND (:feature::text IS NULL OR :feature = ANY (p.features))

-- name: page_narrowed
-- Projects of an organization as asked for, newest first, before a position.
-- reads: replica
SELECT {project}
FROM projects p
WHERE {narrowed}
    AND (:q::text IS NULL OR starts_with(lower(p.name), lower(:q)))
    AND (p.created_at, p.id) < (:created_at, :id)
ORDER BY p.created_at DESC, p.id DESC
LIMIT :limit;

-- name: page_oldest
-- Projects of an organization as asked for, oldest first, after a position.
-- reads: replica
SELECT {project}
FROM projects p
WHERE {narrowed}
    AND (:q::text IS NULL OR starts_with(lower(p.name), lower(:q)))
    AND (p.created_at, p.id) > (:created_at, :id)
ORDER BY p.created_at, p.id
LIMIT :limit;

-- name: page_by_name
-- Projects of an organization as asked for, in order of name, after a position. No name is beyond the last bound.
-- reads: replica
SELECT {project}, lower(p.name) COLLATE "C" AS term
FROM projects p
WHERE {narrowed}
    AND lower(p.name) COLLATE "C" >= coalesce(lower(:q::text), '') COLLATE "C"
    AND lower(p.name) COLLATE "C" < coalesce(lower(:q) || chr(1114111), repeat(chr(1114111), 101)) COLLATE "C"
    -- The later of both bounds: an index is entered at one of them, and walked from there.
    AND (lower(p.name) COLLATE "C", p.id)
        > (greatest(:after_term::text COLLATE "C", coalesce(lower(:q), '') COLLATE "C"), :after_id)
ORDER BY lower(p.name) COLLATE "C", p.id
LIMIT :limit;

-- name: count_narrowed
-- How many projects of an organization are as asked for.
-- reads: replica
SELECT count(*)
FROM projects p
WHERE {narrowed} AND (:q::text IS NULL OR starts_with(lower(p.name), lower(:q)));

-- name: count_chosen
-- How many of an organization's projects an API key is limited to, perhaps of the public ones alone.
-- reads: replica
SELECT count(*)
FROM projects
WHERE organization_id = :organization_id
    AND id = ANY (:ids::uuid[])
    AND (visibility = 'public' OR NOT :public_only::boolean);

-- name: count_all
-- How many projects an organization has.
-- reads: replica
SELECT count(*) FROM projects WHERE organization_id = :organization_id;

-- name: count_public
-- How many public projects an organization has.
SELECT count(*) FROM projects WHERE organization_id = :organization_id AND visibility = 'public';

-- name: by_id
-- The project of an organization with this id.
-- reads: replica
SELECT wanted.place, {kept}
FROM unnest(:organization_id::uuid[], :id::uuid[]) WITH ORDINALITY AS wanted (organization_id, id, place)
JOIN projects p ON p.organization_id = wanted.organization_id AND p.id = wanted.id;

-- name: by_id @citus
-- The same, of one organization.
SELECT {kept} FROM projects p WHERE p.organization_id = :organization_id AND p.id = :id;

-- name: insert
-- Add a project.
INSERT INTO projects AS p (
    id, organization_id, name, description, visibility, features, public_metadata, private_metadata
)
VALUES (
    :id, :organization_id, :name, :description, :visibility, :features, :public_metadata::text::jsonb,
    :private_metadata::text::jsonb
)
RETURNING {kept};

-- name: lock
-- Hold a project until the transaction ends, so that what is merged into what it keeps is merged into the newest.
SELECT {kept} FROM projects p WHERE organization_id = :organization_id AND id = :id FOR NO KEY UPDATE;

-- name: update
-- Change what is given: NULL leaves a column as it is.
UPDATE projects p
SET name = coalesce(:name, name),
    description = coalesce(:description, description),
    visibility = coalesce(:visibility, visibility),
    features = coalesce(:features, features),
    public_metadata = coalesce(:public_metadata::text::jsonb, public_metadata),
    private_metadata = coalesce(:private_metadata::text::jsonb, private_metadata),
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE organization_id = :organization_id AND id = :id AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING {kept};

-- name: delete
-- Remove a project.
DELETE FROM projects
WHERE organization_id = :organization_id AND id = :id AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING id;
