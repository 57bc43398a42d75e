-- part: row
-- What every shape of an organization is read from: o is a row of organizations.
o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at

-- part: organization
-- What an Organization is read from: o is a row of organizations.
{row}, o.features,
ARRAY(
    SELECT user_id FROM organization_members WHERE organization_id = o.id
    ORDER BY created_at, user_id LIMIT 1000
) AS members,
(SELECT count(*) FROM organization_members WHERE organization_id = o.id) AS members_count

-- part: kept
-- What a KeptOrganization is read from: o is a row of organizations.
{organization}, o.public_metadata, o.private_metadata

-- name: by_id
-- The organization with this id.
-- reads: replica
SELECT wanted.place, {kept}
FROM unnest(:id::uuid[]) WITH ORDINALITY AS wanted (id, place)
JOIN organizations o ON o.id = wanted.id AND o.deleted_at IS NULL;

-- name: page_of_user
-- Organizations that a user is a member of, newest id first, before a position; a viewer sees those they share, an API
-- key those of its projects. Whoever reads it (NULL: all may be read) sees members where their role says so.
SELECT {organization},
    :reader_id::uuid IS NULL OR EXISTS (
        SELECT 1 FROM organization_roles reader
        WHERE reader.organization_id = om.organization_id AND reader.user_id = :reader_id
            AND (reader.actions IS NULL OR 'member.read' = ANY (reader.actions))
    ) AS reads_members
FROM organization_members om
JOIN organizations o ON o.id = om.organization_id
WHERE om.user_id = :user_id AND om.organization_id < :before_id AND o.deleted_at IS NULL
    AND (:q::text IS NULL OR starts_with(lower(o.name), lower(:q)) OR starts_with(o.slug, lower(:q)))
    AND (:feature::text IS NULL OR :feature = ANY (o.features))
    AND (:organization_ids::uuid[] IS NULL OR om.organization_id = ANY (:organization_ids))
    AND (:viewer_id::uuid IS NULL OR EXISTS (
        SELECT 1 FROM organization_members shared
        WHERE shared.organization_id = om.organization_id AND shared.user_id = :viewer_id
    ))
ORDER BY om.organization_id DESC
LIMIT :limit;

-- name: page_of_user_oldest
-- Organizations that a user is a member of, oldest id first, after a position; a viewer sees those they share, an API
-- key those of its projects. Whoever reads it (NULL: all may be read) sees members where their role says so.
SELECT {organization},
    :reader_id::uuid IS NULL OR EXISTS (
        SELECT 1 FROM organization_roles reader
        WHERE reader.organization_id = om.organization_id AND reader.user_id = :reader_id
            AND (reader.actions IS NULL OR 'member.read' = ANY (reader.actions))
    ) AS reads_members
FROM organization_members om
JOIN organizations o ON o.id = om.organization_id
WHERE om.user_id = :user_id AND om.organization_id > :after_id AND o.deleted_at IS NULL
    AND (:q::text IS NULL OR starts_with(lower(o.name), lower(:q)) OR starts_with(o.slug, lower(:q)))
    AND (:feature::text IS NULL OR :feature = ANY (o.features))
    AND (:organization_ids::uuid[] IS NULL OR om.organization_id = ANY (:organization_ids))
    AND (:viewer_id::uuid IS NULL OR EXISTS (
        SELECT 1 FROM organization_members shared
        WHERE shared.organization_id = om.organization_id AND shared.user_id = :viewer_id
    ))
ORDER BY om.organization_id
LIMIT :limit;

-- name: count_of_user
-- How many organizations a user is a member of, as far as a viewer shares them.
SELECT count(*)
FROM organization_members om
JOIN organizations o ON o.id = om.organization_id
WHERE om.user_id = :user_id AND o.deleted_at IS NULL
    AND (:q::text IS NULL OR starts_with(lower(o.name), lower(:q)) OR starts_with(o.slug, lower(:q)))
    AND (:feature::text IS NULL OR :feature = ANY (o.features))
    AND (:organization_ids::uuid[] IS NULL OR om.organization_id = ANY (:organization_ids))
    AND (:viewer_id::uuid IS NULL OR EXISTS (
        SELECT 1 FROM organization_members shared
        WHERE shared.organization_id = om.organization_id AND shared.user_id = :viewer_id
    ));

-- name: page
-- All organizations, newest id first, before a position.
-- reads: replica
SELECT {organization}
FROM organizations o
WHERE o.id < :before_id AND o.deleted_at IS NULL
ORDER BY o.id DESC
LIMIT :limit;

-- name: page_oldest
-- All organizations, oldest id first, after a position.
-- reads: replica
SELECT {organization}
FROM organizations o
WHERE o.id > :after_id AND o.deleted_at IS NULL
ORDER BY o.id
LIMIT :limit;

-- name: count_all
-- How many organizations there are.
-- reads: replica
SELECT count(*) FROM organizations WHERE deleted_at IS NULL;

-- part: name_begins
-- That the name begins as asked for, as the index has it.
lower(o.name) COLLATE "C" >= lower(:q) COLLATE "C" AND lower(o.name) COLLATE "C" < (lower(:q) || chr(1114111)) COLLATE "C"

-- part: slug_begins
-- That the slug begins as asked for, as the index has it.
o.slug COLLATE "C" >= lower(:q) COLLATE "C" AND o.slug COLLATE "C" < (lower(:q) || chr(1114111)) COLLATE "C"

-- part: searched_from
-- The later of the position and of what begins as asked for: an index is entered at one bound, and walked from there.
(greatest(:after_term::text COLLATE "C", lower(:q::text) COLLATE "C"), :after_id)

-- name: search
-- Organizations whose name or slug begins as asked for, in order of that text, after a position, as far as so many entries
-- reads: replica
-- of two indexes reach. Each is shown with the first such text alone; the last entry comes, too, so that the next page
-- begins there.
SELECT {organization}, o.term, o.is_shown, o.number = :entries AS is_end
FROM (
    SELECT {row}, o.features, o.term, row_number() OVER (ORDER BY o.term, o.id) AS number,
        o.term = least(
            CASE WHEN starts_with(lower(o.name), lower(:q)) THEN lower(o.name) COLLATE "C" END,
            CASE WHEN starts_with(o.slug, lower(:q)) THEN o.slug COLLATE "C" END
        ) AND o.place = CASE o.term WHEN lower(o.name) COLLATE "C" THEN 1 ELSE 2 END AS is_shown
    FROM (
        (
            SELECT {row}, o.features, lower(o.name) COLLATE "C" AS term, 1 AS place
            FROM organizations o
            WHERE {name_begins} AND (lower(o.name) COLLATE "C", o.id) > {searched_from} AND o.deleted_at IS NULL
            ORDER BY lower(o.name) COLLATE "C", o.id
            LIMIT :entries
        )
        UNION ALL
        (
            SELECT {row}, o.features, o.slug COLLATE "C", 2
            FROM organizations o
            WHERE {slug_begins} AND (o.slug COLLATE "C", o.id) > {searched_from} AND o.deleted_at IS NULL
            ORDER BY o.slug COLLATE "C", o.id
            LIMIT :entries
        )
    ) AS o
    ORDER BY o.term, o.id
    LIMIT :entries
) AS o
WHERE o.is_shown OR o.number = :entries
ORDER BY o.term, o.id
LIMIT :limit;

-- name: count_found
-- How many organizations have a name or slug that begins as asked for.
-- reads: replica
SELECT count(*) FROM organizations o WHERE ({name_begins} OR {slug_begins}) AND o.deleted_at IS NULL;

-- part: held
-- Whether an organization still has a slug, or had it lately: s is a row of slugs.
(s.released_at IS NULL OR s.released_at > now() - interval '90 days')

-- name: holds_slug
-- Whether an organization has a slug or had it lately.
SELECT EXISTS (SELECT FROM slugs s WHERE s.slug = :slug AND {held});

-- part: first_free
-- The first of the slugs that is free.
SELECT candidate, :id
FROM unnest(:slugs::text[]) WITH ORDINALITY AS candidates (candidate, rank)
WHERE NOT EXISTS (SELECT 1 FROM slugs s WHERE s.slug = candidate AND {held})
ORDER BY rank
LIMIT 1

-- part: with_owner
-- Adds an organization under the slug that was claimed, with its owner as first member.
organization AS (
    INSERT INTO organizations AS o (
        id, name, slug, owner_id, owner_consented, features, public_metadata, private_metadata
    )
    SELECT :id, :name, claimed.slug, :owner_id, :owner_consented, :features::text[], :public_metadata::text::jsonb,
        :private_metadata::text::jsonb
    FROM claimed
    RETURNING {row}, o.features, o.public_metadata, o.private_metadata
), owner AS (
    INSERT INTO organization_members (organization_id, user_id, role)
    SELECT id, owner_id, 'admin' FROM organization
)
SELECT {row}, o.features, o.public_metadata, o.private_metadata, ARRAY[o.owner_id] AS members, 1 AS members_count
FROM organization o

-- name: insert
-- Add an organization with its owner as first member, under the first of the slugs that is free; none when all are taken.
-- Whoever claims a slug in the same moment waits here; one claims it, whoever has it or had it lately.
WITH claimed AS (
    INSERT INTO slugs AS s (slug, organization_id)
    {first_free}
    ON CONFLICT (slug) DO UPDATE SET organization_id = excluded.organization_id, released_at = NULL WHERE NOT {held}
    RETURNING s.slug
), {with_owner};

-- name: insert @citus
-- The same. There, what is claimed knows no time of now: what was free at first is taken unless somebody has it by then.
WITH claimed AS (
    INSERT INTO slugs AS s (slug, organization_id)
    {first_free}
    ON CONFLICT (slug) DO UPDATE SET organization_id = excluded.organization_id, released_at = NULL
    WHERE s.released_at IS NOT NULL
    RETURNING s.slug
), {with_owner};

-- name: lock
-- Make all that gives an organization another slug wait for each other, so that what is counted holds.
SELECT id FROM organizations WHERE id = :id AND deleted_at IS NULL FOR NO KEY UPDATE;

-- name: lock_kept
-- Hold an organization until the transaction ends, so that what is merged into what it keeps is merged into the newest.
SELECT o.public_metadata, o.private_metadata
FROM organizations o
WHERE id = :id AND deleted_at IS NULL
FOR NO KEY UPDATE;

-- part: slugs_kept
-- Whether an organization keeps too many slugs, and when the first of them is free again.
old AS (
    SELECT count(*) >= :most AS is_full, min(s.released_at) + interval '90 days' AS free_at
    FROM slugs s
    WHERE s.organization_id = :id AND s.released_at IS NOT NULL AND s.slug <> :slug AND {held}
), locked AS (
    SELECT o.id, o.slug
    FROM organizations o, old
    WHERE o.id = :id AND o.deleted_at IS NULL AND o.slug <> :slug AND NOT old.is_full

-- part: slug_released
-- Keeps the slug of before for the organization.
released AS (
    UPDATE slugs s
    SET released_at = now()
    FROM locked
    WHERE s.slug = locked.slug AND s.organization_id = locked.id
)
SELECT old.free_at
FROM old
JOIN organizations o ON o.id = :id AND o.slug <> :slug
WHERE old.is_full

-- name: take_slug
-- Claim another slug for an organization that is locked, and keep the one that it has for it. What another organization
-- has, or had lately, is not claimed, which breaks a constraint as soon as the organization gets it. Nothing is done where
-- it keeps so many others already: then, when the first of them is free again.
WITH {slugs_kept}
    FOR NO KEY UPDATE OF o
), claimed AS (
    INSERT INTO slugs AS s (slug, organization_id)
    SELECT :slug::varchar, id FROM locked
    ON CONFLICT (slug) DO UPDATE SET organization_id = excluded.organization_id, released_at = NULL
    WHERE s.organization_id = excluded.organization_id OR NOT {held}
), {slug_released};

-- name: take_slug @citus
-- The same. There, what is claimed knows no time of now: what others had lately is looked at first. The organization is
-- locked already.
WITH {slugs_kept}
), claimed AS (
    INSERT INTO slugs AS s (slug, organization_id)
    SELECT :slug::varchar, id
    FROM locked
    WHERE NOT EXISTS (SELECT FROM slugs s WHERE s.slug = :slug AND s.organization_id <> :id AND {held})
    ON CONFLICT (slug) DO UPDATE SET organization_id = excluded.organization_id, released_at = NULL
    WHERE s.organization_id = excluded.organization_id OR s.released_at IS NOT NULL
), {slug_released};

-- name: update
-- Change what is given: NULL leaves a column as it is.
UPDATE organizations o
SET name = coalesce(:name, name),
    slug = coalesce(:slug, slug),
    features = coalesce(:features, features),
    public_metadata = coalesce(:public_metadata::text::jsonb, public_metadata),
    private_metadata = coalesce(:private_metadata::text::jsonb, private_metadata),
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :id AND deleted_at IS NULL AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING {kept};

-- name: drop_released_slugs
-- Let go of the slugs that organizations gave up long ago, but for some.
DELETE FROM slugs WHERE released_at <= now() - interval '90 days' AND slug <> ALL (:kept::text[]);
