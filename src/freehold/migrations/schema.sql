-- The schema that all migrations together make, written by the test that compares them: for reading, not running.

FUNCTION public.kept_time(timestamp with time zone,timestamp with time zone): CREATE OR REPLACE FUNCTION public.kept_time(kept timestamp with time zone, otherwise timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$BEGIN RETURN coalesce(kept, otherwise); END$function$
 COMMENT 'The first time, or the second where there is none.'

FUNCTION public.next_version(timestamp with time zone,timestamp with time zone): CREATE OR REPLACE FUNCTION public.next_version(changed_at timestamp with time zone, version timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$SELECT greatest(changed_at, version + interval '1 microsecond')$function$
 COMMENT 'The version of a row that is changed now: the time, and always later than the one before.'

FUNCTION public.seconds_after(timestamp with time zone,double precision): CREATE OR REPLACE FUNCTION public.seconds_after(start timestamp with time zone, seconds double precision)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$SELECT start + make_interval(secs => seconds)$function$
 COMMENT 'The time that is so many seconds after another.'

FUNCTION public.time_if(boolean,timestamp with time zone): CREATE OR REPLACE FUNCTION public.time_if(is_so boolean, wanted timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$BEGIN RETURN CASE WHEN is_so THEN wanted END; END$function$
 COMMENT 'A time, or NULL unless the condition holds.'

TABLE public.action_declarations COMMENT 'Which application uses which of the actions in own_actions.'
    application character varying(50) NOT NULL COMMENT 'Name that the application gave itself.'
    action character varying(64) NOT NULL COMMENT 'An action that it declared.'
    revision integer NOT NULL COMMENT 'Which of its declarations named the action last; an older one changes nothing.'
    declared_at timestamp with time zone NOT NULL DEFAULT now() COMMENT 'When it declared the action in this revision.'
    CONSTRAINT action_declarations_action_fkey FOREIGN KEY (action) REFERENCES public.own_actions(name) ON DELETE CASCADE
    CONSTRAINT action_declarations_application_check CHECK (((application)::text ~ '^[a-z][a-z0-9_-]{0,49}$'::text))
    CONSTRAINT action_declarations_pkey PRIMARY KEY (application, action)
    CONSTRAINT action_declarations_revision_check CHECK ((revision >= 1))
    CREATE INDEX action_declarations_action_idx ON public.action_declarations USING btree (action)

TABLE public.api_keys COMMENT 'Keys for programs; holds only the hash of each.'
    id uuid NOT NULL DEFAULT gen_random_uuid()
    user_id uuid
    organization_id uuid
    name character varying(100) NOT NULL
    hint character varying(16) NOT NULL
    key_hash bytea NOT NULL
    actions text[]
    project_ids uuid[]
    created_by uuid
    created_at timestamp with time zone NOT NULL DEFAULT now()
    expires_at timestamp with time zone
    last_used_at timestamp with time zone
    CONSTRAINT api_keys_actions_check CHECK (
CASE
    WHEN ((actions)::text ~ '^\{([a-z_]+\.[a-z_]+(,[a-z_]+\.[a-z_]+)*)?\}$'::text) THEN ((cardinality(actions) <= 200) AND (cardinality(actions) = length(array_to_tsvector(actions))))
    ELSE (actions IS NULL)
END)
    CONSTRAINT api_keys_key_hash_check CHECK ((length(key_hash) = 32))
    CONSTRAINT api_keys_key_hash_key UNIQUE (key_hash)
    CONSTRAINT api_keys_name_check CHECK ((((name)::text !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$'::text) AND ((name)::text ~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]'::text)))
    CONSTRAINT api_keys_organization_check CHECK (((organization_id IS NULL) OR (actions IS NOT NULL)))
    CONSTRAINT api_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE
    CONSTRAINT api_keys_owner_check CHECK ((num_nonnulls(user_id, organization_id) = 1))
    CONSTRAINT api_keys_pkey PRIMARY KEY (id)
    CONSTRAINT api_keys_project_ids_check CHECK ((cardinality(project_ids) <= 100))
    CONSTRAINT api_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE
    CREATE INDEX api_keys_actions_idx ON public.api_keys USING gin (actions) WHERE (actions IS NOT NULL)
    CREATE INDEX api_keys_organization_id_idx ON public.api_keys USING btree (organization_id, id DESC) WHERE (organization_id IS NOT NULL)
    CREATE INDEX api_keys_user_id_idx ON public.api_keys USING btree (user_id, id DESC) WHERE (user_id IS NOT NULL)

TABLE public.audit_events COMMENT 'Who did what, written in the transaction of the change.'
    id uuid NOT NULL DEFAULT gen_random_uuid()
    organization_id uuid
    actor_id uuid
    action character varying(64) NOT NULL
    target_type character varying(32) NOT NULL
    target_id uuid
    details jsonb NOT NULL DEFAULT '{}'::jsonb
    request_id character varying(128)
    ip inet
    created_at timestamp with time zone NOT NULL DEFAULT now()
    chain_id uuid NOT NULL
    sequence bigint NOT NULL
    key_id uuid
    ip_salt bytea
    ip_digest bytea
    previous_hash bytea NOT NULL
    hash bytea NOT NULL
    transaction_id xid8 DEFAULT pg_current_xact_id() COMMENT 'The transaction that wrote it; NULL: one of before, or of another server.'
    CONSTRAINT audit_events_action_check CHECK (((action)::text ~ '^[a-z_]+\.[a-z_]+$'::text))
    CONSTRAINT audit_events_chain_id_sequence_key UNIQUE (chain_id, sequence)
    CONSTRAINT audit_events_details_check CHECK ((jsonb_typeof(details) = 'object'::text))
    CONSTRAINT audit_events_hash_check CHECK (((length(hash) = 32) AND (length(previous_hash) = 32)))
    CONSTRAINT audit_events_ip_check CHECK (((num_nulls(ip, ip_salt) = ANY (ARRAY[0, 2])) AND ((ip IS NULL) OR (ip_digest IS NOT NULL))))
    CONSTRAINT audit_events_pkey PRIMARY KEY (chain_id, id)
    CONSTRAINT audit_events_sequence_check CHECK ((sequence >= 1))
    CREATE INDEX audit_events_account_idx ON public.audit_events USING btree (created_at DESC, id DESC) WHERE (organization_id IS NULL)
    CREATE INDEX audit_events_actor_id_idx ON public.audit_events USING btree (actor_id, id) WHERE (actor_id IS NOT NULL)
    CREATE INDEX audit_events_id_idx ON public.audit_events USING btree (id)
    CREATE INDEX audit_events_organization_id_idx ON public.audit_events USING btree (organization_id, created_at DESC, id DESC)
    CREATE INDEX audit_events_transaction_id_idx ON public.audit_events USING btree (transaction_id, sequence, id)

TABLE public.audit_heads WITH (fillfactor=50) COMMENT 'Where the chain of each organization''s and each account''s audit events ends.'
    chain_id uuid NOT NULL
    sequence bigint NOT NULL
    previous_hash bytea NOT NULL
    hash bytea NOT NULL
    CONSTRAINT audit_heads_hash_check CHECK (((length(hash) = 32) AND (length(previous_hash) = 32)))
    CONSTRAINT audit_heads_pkey PRIMARY KEY (chain_id)
    CONSTRAINT audit_heads_sequence_check CHECK ((sequence >= 1))

TABLE public.audit_streams COMMENT 'How far the audit log was written to each output for collectors.'
    output character varying(1024) NOT NULL COMMENT 'stdout, or the path of a file.'
    event_id uuid COMMENT 'The last event that was written; NULL: none.'
    holder_id uuid COMMENT 'The process that writes.'
    held_until timestamp with time zone NOT NULL DEFAULT now() COMMENT 'When another process may take over, unless that one goes on.'
    CONSTRAINT audit_streams_pkey PRIMARY KEY (output)

TABLE public.email_undos COMMENT 'Changes of address that can be undone.'
    token_hash bytea NOT NULL
    user_id uuid NOT NULL
    email character varying(255) NOT NULL
    created_at timestamp with time zone NOT NULL DEFAULT now()
    expires_at timestamp with time zone NOT NULL
    CONSTRAINT email_undos_pkey PRIMARY KEY (token_hash)
    CONSTRAINT email_undos_token_hash_check CHECK ((length(token_hash) = 32))
    CONSTRAINT email_undos_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE
    CREATE INDEX email_undos_email_idx ON public.email_undos USING btree (lower(((email)::text COLLATE "C")))
    CREATE INDEX email_undos_user_id_idx ON public.email_undos USING btree (user_id, created_at)

TABLE public.email_verifications COMMENT 'Addresses that wait for their owner to show that they are theirs.'
    user_id uuid NOT NULL
    email character varying(255) NOT NULL
    token_hash bytea NOT NULL
    created_at timestamp with time zone NOT NULL DEFAULT now()
    expires_at timestamp with time zone NOT NULL
    CONSTRAINT email_verifications_pkey PRIMARY KEY (user_id)
    CONSTRAINT email_verifications_token_hash_check CHECK ((length(token_hash) = 32))
    CONSTRAINT email_verifications_token_hash_key UNIQUE (token_hash)
    CONSTRAINT email_verifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE

TABLE public.idempotent_answers COMMENT 'Answers to requests with an Idempotency-Key, sealed, for a day.'
    key_hash bytea NOT NULL
    request_hash bytea NOT NULL
    sealed_answer bytea NOT NULL
    created_at timestamp with time zone NOT NULL DEFAULT now()
    expires_at timestamp with time zone NOT NULL
    CONSTRAINT idempotent_answers_hash_check CHECK (((length(key_hash) = 32) AND (length(request_hash) = 32)))
    CONSTRAINT idempotent_answers_pkey PRIMARY KEY (key_hash)
    CREATE INDEX idempotent_answers_expires_at_idx ON public.idempotent_answers USING btree (expires_at)

TABLE public.imports COMMENT 'How far the imports have come that were cut off.'
    fingerprint bytea NOT NULL
    line bigint NOT NULL
    stored bigint NOT NULL DEFAULT 0
    updated bigint NOT NULL DEFAULT 0
    skipped bigint NOT NULL DEFAULT 0
    refused bigint NOT NULL DEFAULT 0
    refusals_bytes bigint NOT NULL DEFAULT 0
    unusable_passwords bigint NOT NULL DEFAULT 0 COMMENT 'Lines so far whose password hash cannot be checked.'
    finished_at timestamp with time zone
    CONSTRAINT imports_pkey PRIMARY KEY (fingerprint)

TABLE public.invitations COMMENT 'Who was asked to join which organization, and what became of it in the last 90 days.'
    id uuid NOT NULL DEFAULT gen_random_uuid()
    organization_id uuid NOT NULL
    email character varying(255) NOT NULL
    role character varying(50) NOT NULL
    token_hash bytea
    invited_by uuid
    created_at timestamp with time zone NOT NULL DEFAULT now()
    expires_at timestamp with time zone NOT NULL
    role_id uuid
    invited_by_key uuid
    status character varying(10) NOT NULL DEFAULT 'open'::character varying COMMENT 'open until it is accepted, declined or revoked, or makes room for another after it expired (expired).'
    ended_at timestamp with time zone COMMENT 'When it was accepted, declined or revoked, or had expired; NULL while it is open.'
    accepted_by uuid COMMENT 'The user who accepted it.'
    CONSTRAINT invitations_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES public.users(id) ON DELETE CASCADE
    CONSTRAINT invitations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE
    CONSTRAINT invitations_pkey PRIMARY KEY (organization_id, id)
    CONSTRAINT invitations_status_check CHECK ((((status)::text = ANY ((ARRAY['open'::character varying, 'accepted'::character varying, 'declined'::character varying, 'revoked'::character varying, 'expired'::character varying])::text[])) AND (((status)::text = 'open'::text) = (ended_at IS NULL)) AND (((status)::text = 'open'::text) = (token_hash IS NOT NULL)) AND (((status)::text = 'accepted'::text) = (accepted_by IS NOT NULL))))
    CONSTRAINT invitations_token_hash_check CHECK ((length(token_hash) = 32))
    CREATE INDEX invitations_accepted_by_idx ON public.invitations USING btree (accepted_by) WHERE (accepted_by IS NOT NULL)
    CREATE INDEX invitations_email_lower_idx ON public.invitations USING btree (lower(((email)::text COLLATE "C")))
    CREATE UNIQUE INDEX invitations_email_lower_key ON public.invitations USING btree (lower(((email)::text COLLATE "C")), organization_id) WHERE ((status)::text = 'open'::text)
    CREATE INDEX invitations_ended_at_idx ON public.invitations USING btree (COALESCE(ended_at, expires_at))
    CREATE INDEX invitations_status_idx ON public.invitations USING btree (organization_id, status, id DESC)
    CREATE INDEX invitations_token_hash_idx ON public.invitations USING btree (token_hash) WHERE (token_hash IS NOT NULL)

TABLE public.mail_budgets COMMENT 'How many mails an address got within the hour.'
    subject bytea NOT NULL
    mails integer NOT NULL
    ends_at timestamp with time zone NOT NULL
    CONSTRAINT mail_budgets_mails_check CHECK ((mails >= 1))
    CONSTRAINT mail_budgets_pkey PRIMARY KEY (subject)
    CONSTRAINT mail_budgets_subject_check CHECK ((length(subject) = 32))
    CREATE INDEX mail_budgets_ends_at_idx ON public.mail_budgets USING btree (ends_at)

TABLE public.mail_messages COMMENT 'The outbox.'
    id uuid NOT NULL DEFAULT gen_random_uuid()
    recipient character varying(255) NOT NULL
    user_id uuid
    subject character varying(255) NOT NULL
    text_body text NOT NULL
    html_body text NOT NULL
    created_at timestamp with time zone NOT NULL DEFAULT now()
    attempts integer NOT NULL DEFAULT 0
    next_attempt_at timestamp with time zone NOT NULL DEFAULT now()
    sent_at timestamp with time zone
    failed_at timestamp with time zone
    last_error character varying(500)
    is_last boolean NOT NULL DEFAULT false
    state character varying(7) NOT NULL GENERATED ALWAYS AS (
CASE
    WHEN (failed_at IS NOT NULL) THEN 'failed'::text
    WHEN (sent_at IS NOT NULL) THEN 'sent'::text
    ELSE 'waiting'::text
END) STORED COMMENT 'What became of it so far: waiting, sent, or failed.'
    CONSTRAINT mail_messages_attempts_check CHECK ((attempts >= 0))
    CONSTRAINT mail_messages_outcome_check CHECK ((num_nonnulls(sent_at, failed_at) <= 1))
    CONSTRAINT mail_messages_pkey PRIMARY KEY (id)
    CONSTRAINT mail_messages_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE
    CREATE INDEX mail_messages_done_idx ON public.mail_messages USING btree (COALESCE(sent_at, failed_at))
    CREATE INDEX mail_messages_due_idx ON public.mail_messages USING btree (next_attempt_at, id) WHERE ((sent_at IS NULL) AND (failed_at IS NULL))
    CREATE INDEX mail_messages_recipient_idx ON public.mail_messages USING btree (lower(((recipient)::text COLLATE "C")), id)
    CREATE INDEX mail_messages_state_idx ON public.mail_messages USING btree (state, id DESC)
    CREATE INDEX mail_messages_user_id_idx ON public.mail_messages USING btree (user_id, id) WHERE (user_id IS NOT NULL)

TABLE public.organization_members COMMENT 'Which user belongs to which organization, and as what.'
    organization_id uuid NOT NULL
    user_id uuid NOT NULL
    role character varying(20) NOT NULL DEFAULT 'member'::character varying
    created_at timestamp with time zone NOT NULL DEFAULT now()
    role_id uuid
    CONSTRAINT organization_members_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE
    CONSTRAINT organization_members_pkey PRIMARY KEY (organization_id, user_id)
    CONSTRAINT organization_members_role_check CHECK (((role)::text = ANY ((ARRAY['admin'::character varying, 'member'::character varying])::text[])))
    CONSTRAINT organization_members_role_id_fkey FOREIGN KEY (organization_id, role_id) REFERENCES public.roles(organization_id, id) ON DELETE RESTRICT
    CONSTRAINT organization_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE
    CREATE INDEX organization_members_joined_idx ON public.organization_members USING btree (organization_id, created_at, user_id)
    CREATE INDEX organization_members_role_id_idx ON public.organization_members USING btree (organization_id, role_id) WHERE (role_id IS NOT NULL)
    CREATE INDEX organization_members_user_id_idx ON public.organization_members USING btree (user_id, organization_id)

TABLE public.organizations COMMENT 'Who owns projects; itself owned by one of its members.'
    id uuid NOT NULL DEFAULT gen_random_uuid()
    name character varying(100) NOT NULL
    slug character varying(100) NOT NULL
    owner_id uuid NOT NULL
    created_at timestamp with time zone NOT NULL DEFAULT now()
    updated_at timestamp with time zone NOT NULL DEFAULT now()
    deleted_at timestamp with time zone
    owner_consented boolean NOT NULL DEFAULT true COMMENT 'Whether the owner created it or accepted it; false when made owner by an operator or an import.'
    public_metadata jsonb NOT NULL DEFAULT '{}'::jsonb COMMENT 'What was noted down for everybody who may read the organization.'
    private_metadata jsonb NOT NULL DEFAULT '{}'::jsonb COMMENT 'What was noted down for those who may change the organization.'
    features text[] NOT NULL DEFAULT '{}'::text[] COMMENT 'Names of the features that are on, each once.'
    CONSTRAINT organizations_features_check CHECK (
CASE
    WHEN ((features)::text ~ '^\{(([a-z0-9_.-]{1,64}|"null")(,([a-z0-9_.-]{1,64}|"null"))*)?\}$'::text) THEN ((cardinality(features) <= 100) AND (cardinality(features) = length(array_to_tsvector(features))))
    ELSE false
END)
    CONSTRAINT organizations_name_check CHECK ((((name)::text !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$'::text) AND ((name)::text ~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]'::text)))
    CONSTRAINT organizations_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.users(id) ON DELETE RESTRICT
    CONSTRAINT organizations_owner_is_member_fkey FOREIGN KEY (id, owner_id) REFERENCES public.organization_members(organization_id, user_id) DEFERRABLE INITIALLY DEFERRED
    CONSTRAINT organizations_pkey PRIMARY KEY (id)
    CONSTRAINT organizations_private_metadata_check CHECK (((jsonb_typeof(private_metadata) = 'object'::text) AND (octet_length((private_metadata)::text) <= 8192) AND (NOT jsonb_path_exists(private_metadata, 'strict $.**{5}?(@.type() == "object" || @.type() == "array")'::jsonpath))))
    CONSTRAINT organizations_public_metadata_check CHECK (((jsonb_typeof(public_metadata) = 'object'::text) AND (octet_length((public_metadata)::text) <= 8192) AND (NOT jsonb_path_exists(public_metadata, 'strict $.**{5}?(@.type() == "object" || @.type() == "array")'::jsonpath))))
    CONSTRAINT organizations_slug_check CHECK ((((slug)::text ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$'::text) AND ((slug)::text !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'::text) AND ((slug)::text <> ALL (ARRAY['admin'::text, 'api'::text, 'auth'::text, 'billing'::text, 'console'::text, 'current'::text, 'docs'::text, 'health'::text, 'help'::text, 'login'::text, 'logout'::text, 'me'::text, 'new'::text, 'null'::text, 'openapi'::text, 'organization'::text, 'root'::text, 'search'::text, 'settings'::text, 'signup'::text, 'status'::text, 'support'::text, 'system'::text, 'undefined'::text, 'www'::text]))))
    CONSTRAINT organizations_slug_fkey FOREIGN KEY (slug, id) REFERENCES public.slugs(slug, organization_id)
    CONSTRAINT organizations_slug_key UNIQUE (slug)
    CREATE INDEX organizations_deleted_at_idx ON public.organizations USING btree (deleted_at) WHERE (deleted_at IS NOT NULL)
    CREATE INDEX organizations_deleted_idx ON public.organizations USING btree (id) WHERE (deleted_at IS NOT NULL)
    CREATE INDEX organizations_name_search_idx ON public.organizations USING btree (lower((name)::text) COLLATE "C", id)
    CREATE INDEX organizations_owner_id_idx ON public.organizations USING btree (owner_id)
    CREATE INDEX organizations_slug_search_idx ON public.organizations USING btree (slug COLLATE "C", id)

TABLE public.own_action_versions COMMENT 'One row: what own_actions holds, as a version; who changes own_actions renews it.'
    id smallint NOT NULL DEFAULT 1 COMMENT 'Always 1.'
    version uuid NOT NULL COMMENT 'A new random value for every change of own_actions.'
    CONSTRAINT own_action_versions_id_check CHECK ((id = 1))
    CONSTRAINT own_action_versions_pkey PRIMARY KEY (id)

TABLE public.own_actions COMMENT 'Actions that applications declared, beside those of Freehold.'
    name character varying(64) NOT NULL COMMENT 'Noun and verb, such as invoice.read; never a noun of Freehold.'
    lowest_role character varying(10) NOT NULL COMMENT 'The lowest built-in role that has it; higher ones have it, too.'
    description character varying(500) COMMENT 'What it allows, for people; NULL for nothing said.'
    created_at timestamp with time zone NOT NULL DEFAULT now() COMMENT 'When it was first declared.'
    updated_at timestamp with time zone NOT NULL DEFAULT now() COMMENT 'When its role or description last changed.'
    CONSTRAINT own_actions_description_check CHECK ((((description)::text ~ '^[^\u0001-\u001f\u007f-\u009f]+$'::text) AND ((description)::text !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'::text)))
    CONSTRAINT own_actions_lowest_role_check CHECK (((lowest_role)::text = ANY ((ARRAY['owner'::character varying, 'admin'::character varying, 'member'::character varying])::text[])))
    CONSTRAINT own_actions_name_check CHECK (((name)::text ~ '^[a-z_]+\.[a-z_]+$'::text))
    CONSTRAINT own_actions_pkey PRIMARY KEY (name)

TABLE public.owner_offers COMMENT 'Ownership of organizations that is offered to a member, who has not answered.'
    organization_id uuid NOT NULL COMMENT 'Whose ownership.'
    user_id uuid NOT NULL COMMENT 'The member who may accept it.'
    offered_by uuid COMMENT 'The user who offers it; NULL for the operator and for a key of the organization.'
    offered_by_key uuid COMMENT 'The key of the organization that offers it. No foreign key: a key can be revoked while its offer is open.'
    created_at timestamp with time zone NOT NULL DEFAULT now() COMMENT 'When it was offered.'
    expires_at timestamp with time zone NOT NULL COMMENT 'Until when it can be accepted.'
    CONSTRAINT owner_offers_pkey PRIMARY KEY (organization_id)
    CONSTRAINT owner_offers_user_is_member_fkey FOREIGN KEY (organization_id, user_id) REFERENCES public.organization_members(organization_id, user_id) ON DELETE CASCADE
    CREATE INDEX owner_offers_user_id_idx ON public.owner_offers USING btree (user_id, organization_id)

TABLE public.password_resets COMMENT 'Who may set a new password with the token that was mailed.'
    user_id uuid NOT NULL
    token_hash bytea NOT NULL
    created_at timestamp with time zone NOT NULL DEFAULT now()
    expires_at timestamp with time zone NOT NULL
    CONSTRAINT password_resets_pkey PRIMARY KEY (user_id)
    CONSTRAINT password_resets_token_hash_check CHECK ((length(token_hash) = 32))
    CONSTRAINT password_resets_token_hash_key UNIQUE (token_hash)
    CONSTRAINT password_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE

TABLE public.projects COMMENT 'What an organization works on.'
    id uuid NOT NULL DEFAULT gen_random_uuid()
    organization_id uuid NOT NULL
    name character varying(100) NOT NULL
    description text NOT NULL DEFAULT ''::text
    visibility character varying(20) NOT NULL DEFAULT 'private'::character varying
    features text[] NOT NULL DEFAULT '{}'::text[]
    created_at timestamp with time zone NOT NULL DEFAULT now()
    updated_at timestamp with time zone NOT NULL DEFAULT now()
    public_metadata jsonb NOT NULL DEFAULT '{}'::jsonb COMMENT 'What was noted down for all members who may read the project.'
    private_metadata jsonb NOT NULL DEFAULT '{}'::jsonb COMMENT 'What was noted down for those who may change the organization.'
    CONSTRAINT projects_description_check CHECK ((length(description) <= 10000))
    CONSTRAINT projects_features_check CHECK (
CASE
    WHEN ((features)::text ~ '^\{(([a-z0-9_.-]{1,64}|"null")(,([a-z0-9_.-]{1,64}|"null"))*)?\}$'::text) THEN ((cardinality(features) <= 100) AND (cardinality(features) = length(array_to_tsvector(features))))
    ELSE false
END)
    CONSTRAINT projects_name_check CHECK ((((name)::text !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$'::text) AND ((name)::text ~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]'::text)))
    CONSTRAINT projects_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE
    CONSTRAINT projects_pkey PRIMARY KEY (organization_id, id)
    CONSTRAINT projects_private_metadata_check CHECK (((jsonb_typeof(private_metadata) = 'object'::text) AND (octet_length((private_metadata)::text) <= 8192) AND (NOT jsonb_path_exists(private_metadata, 'strict $.**{5}?(@.type() == "object" || @.type() == "array")'::jsonpath))))
    CONSTRAINT projects_public_metadata_check CHECK (((jsonb_typeof(public_metadata) = 'object'::text) AND (octet_length((public_metadata)::text) <= 8192) AND (NOT jsonb_path_exists(public_metadata, 'strict $.**{5}?(@.type() == "object" || @.type() == "array")'::jsonpath))))
    CONSTRAINT projects_visibility_check CHECK (((visibility)::text = ANY ((ARRAY['public'::character varying, 'private'::character varying])::text[])))
    CREATE INDEX projects_id_idx ON public.projects USING btree (id)
    CREATE INDEX projects_name_search_idx ON public.projects USING btree (organization_id, lower((name)::text) COLLATE "C", id)
    CREATE INDEX projects_organization_id_created_at_idx ON public.projects USING btree (organization_id, created_at DESC, id DESC)
    CREATE INDEX projects_public_idx ON public.projects USING btree (organization_id, created_at DESC, id DESC) WHERE ((visibility)::text = 'public'::text)

TABLE public.purge_failures COMMENT 'Deleted organizations that could not be removed for good.'
    organization_id uuid NOT NULL COMMENT 'Which organization; its row here goes with it.'
    reason character varying(500) NOT NULL COMMENT 'What kept it from being removed, at the last attempt.'
    attempts integer NOT NULL DEFAULT 1 COMMENT 'How often it was tried.'
    failed_at timestamp with time zone NOT NULL DEFAULT now() COMMENT 'When it was tried last.'
    CONSTRAINT purge_failures_attempts_check CHECK ((attempts >= 1))
    CONSTRAINT purge_failures_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE
    CONSTRAINT purge_failures_pkey PRIMARY KEY (organization_id)

UNLOGGED TABLE public.request_counts WITH (fillfactor=50) COMMENT 'How often each caller asked in a window of time.'
    bucket character varying(100) NOT NULL
    ends_at timestamp with time zone NOT NULL
    requests bigint NOT NULL
    CONSTRAINT request_counts_pkey PRIMARY KEY (bucket, ends_at)
    CREATE INDEX request_counts_ends_at_idx ON public.request_counts USING btree (ends_at)

TABLE public.roles COMMENT 'Roles that organizations make for themselves.'
    organization_id uuid NOT NULL
    id uuid NOT NULL DEFAULT gen_random_uuid()
    name character varying(50) NOT NULL
    actions text[] NOT NULL
    created_at timestamp with time zone NOT NULL DEFAULT now()
    updated_at timestamp with time zone NOT NULL DEFAULT now()
    CONSTRAINT roles_actions_check CHECK (
CASE
    WHEN ((actions)::text ~ '^\{([a-z_]+\.[a-z_]+(,[a-z_]+\.[a-z_]+)*)?\}$'::text) THEN ((cardinality(actions) <= 200) AND (cardinality(actions) = length(array_to_tsvector(actions))) AND ('organization.read'::text = ANY (actions)))
    ELSE false
END)
    CONSTRAINT roles_name_check CHECK ((((name)::text ~ '^[a-z][a-z0-9_-]{0,49}$'::text) AND ((name)::text <> ALL ((ARRAY['owner'::character varying, 'admin'::character varying, 'member'::character varying])::text[])) AND ((name)::text !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'::text)))
    CONSTRAINT roles_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE
    CONSTRAINT roles_organization_id_name_key UNIQUE (organization_id, name)
    CONSTRAINT roles_pkey PRIMARY KEY (organization_id, id)
    CREATE INDEX roles_actions_idx ON public.roles USING gin (actions)

TABLE public.server_keys COMMENT 'Secrets shared by all nodes; never shown.'
    name character varying(32) NOT NULL
    key bytea NOT NULL
    created_at timestamp with time zone NOT NULL DEFAULT now()
    CONSTRAINT server_keys_key_check CHECK ((length(key) = 32))
    CONSTRAINT server_keys_pkey PRIMARY KEY (name)

TABLE public.sessions COMMENT 'Who is signed in where; holds only the hash of each token.'
    id uuid NOT NULL DEFAULT gen_random_uuid()
    token_hash bytea NOT NULL
    user_id uuid NOT NULL
    created_at timestamp with time zone NOT NULL DEFAULT now()
    last_used_at timestamp with time zone NOT NULL DEFAULT now()
    expires_at timestamp with time zone NOT NULL
    user_agent character varying(512)
    ip inet
    authenticated_at timestamp with time zone
    acting_admin_id uuid COMMENT 'The platform administrator who acts for the user; NULL: the user.'
    CONSTRAINT sessions_acting_admin_id_fkey FOREIGN KEY (acting_admin_id) REFERENCES public.users(id) ON DELETE CASCADE
    CONSTRAINT sessions_acting_check CHECK (((acting_admin_id IS NULL) OR ((acting_admin_id <> user_id) AND (expires_at <= (created_at + '01:00:00'::interval)) AND (authenticated_at IS NULL))))
    CONSTRAINT sessions_pkey PRIMARY KEY (id)
    CONSTRAINT sessions_token_hash_check CHECK ((length(token_hash) = 32))
    CONSTRAINT sessions_token_hash_key UNIQUE (token_hash)
    CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE
    CREATE INDEX sessions_acting_admin_idx ON public.sessions USING btree (acting_admin_id) WHERE (acting_admin_id IS NOT NULL)
    CREATE INDEX sessions_user_id_idx ON public.sessions USING btree (user_id, id DESC)

TABLE public.sign_in_budgets COMMENT 'Failed attempts to sign in, and devices that are known.'
    subject bytea NOT NULL
    is_known boolean NOT NULL DEFAULT false
    failures integer NOT NULL DEFAULT 0
    retry_at timestamp with time zone NOT NULL DEFAULT now()
    expires_at timestamp with time zone NOT NULL
    CONSTRAINT sign_in_budgets_failures_check CHECK ((failures >= 0))
    CONSTRAINT sign_in_budgets_pkey PRIMARY KEY (subject)
    CONSTRAINT sign_in_budgets_subject_check CHECK ((length(subject) = 32))
    CREATE INDEX sign_in_budgets_expires_at_idx ON public.sign_in_budgets USING btree (expires_at)

TABLE public.signing_keys COMMENT 'Keys that sign tokens for other services; the private halves are never shown.'
    generation integer NOT NULL COMMENT 'Counts the keys; two nodes that make the next one at once make one.'
    id uuid NOT NULL COMMENT 'What tokens and /.well-known/jwks.json call the key (kid).'
    public_key bytea NOT NULL COMMENT 'The half that others verify with, as 32 bytes.'
    private_key bytea NOT NULL COMMENT 'The half that signs, as 32 bytes, not encrypted.'
    created_at timestamp with time zone NOT NULL DEFAULT now()
    signs_from timestamp with time zone NOT NULL COMMENT 'When it begins to sign, and the one before it ends.'
    CONSTRAINT signing_keys_generation_check CHECK ((generation >= 1))
    CONSTRAINT signing_keys_id_key UNIQUE (id)
    CONSTRAINT signing_keys_key_check CHECK (((length(public_key) = 32) AND (length(private_key) = 32)))
    CONSTRAINT signing_keys_pkey PRIMARY KEY (generation)
    CONSTRAINT signing_keys_signs_from_check CHECK ((signs_from >= created_at))

TABLE public.slugs COMMENT 'Which organization each slug leads to: its own, and those it had lately.'
    slug character varying(100) NOT NULL COMMENT 'As in a path.'
    organization_id uuid NOT NULL COMMENT 'Whose it is.'
    released_at timestamp with time zone COMMENT 'When the organization took another; kept for it for 90 days from then. NULL while it is the slug.'
    CONSTRAINT slugs_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
    CONSTRAINT slugs_pkey PRIMARY KEY (slug)
    CONSTRAINT slugs_slug_organization_id_key UNIQUE (slug, organization_id)
    CREATE INDEX slugs_organization_id_idx ON public.slugs USING btree (organization_id)
    CREATE INDEX slugs_released_at_idx ON public.slugs USING btree (released_at) WHERE (released_at IS NOT NULL)

TABLE public.used_tokens COMMENT 'Tokens from mails that were used lately, so that a second click is answered as done.'
    token_hash bytea NOT NULL COMMENT 'SHA-256 of the token.'
    user_id uuid COMMENT 'Who has used it; NULL when nobody was signed in.'
    organization_id uuid COMMENT 'The organization that it invited to; NULL for tokens of an account.'
    used_at timestamp with time zone NOT NULL DEFAULT now() COMMENT 'When it was used.'
    CONSTRAINT used_tokens_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE
    CONSTRAINT used_tokens_pkey PRIMARY KEY (token_hash)
    CONSTRAINT used_tokens_token_hash_check CHECK ((length(token_hash) = 32))
    CONSTRAINT used_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE
    CREATE INDEX used_tokens_organization_id_idx ON public.used_tokens USING btree (organization_id) WHERE (organization_id IS NOT NULL)
    CREATE INDEX used_tokens_used_at_idx ON public.used_tokens USING btree (used_at)
    CREATE INDEX used_tokens_user_id_idx ON public.used_tokens USING btree (user_id) WHERE (user_id IS NOT NULL)

TABLE public.users COMMENT 'People who can sign in.'
    id uuid NOT NULL DEFAULT gen_random_uuid()
    username character varying(50) NOT NULL
    email character varying(255) NOT NULL
    password_hash character varying(255) NOT NULL
    first_name character varying(100)
    last_name character varying(100)
    avatar_url character varying(2048)
    is_admin boolean NOT NULL DEFAULT false
    created_at timestamp with time zone NOT NULL DEFAULT now()
    updated_at timestamp with time zone NOT NULL DEFAULT now()
    email_verified_at timestamp with time zone
    suspended_at timestamp with time zone COMMENT 'Since when the user may do nothing; NULL: active.'
    suspension_reason character varying(500) COMMENT 'Why the user is suspended, for platform administrators alone.'
    locale character varying(35) COMMENT 'The language that mails to the user are written in, such as de or de-AT; NULL: English.'
    metadata jsonb NOT NULL DEFAULT '{}'::jsonb COMMENT 'What the user and their programs noted down; for the user and platform administrators.'
    public_metadata jsonb NOT NULL DEFAULT '{}'::jsonb COMMENT 'What administrators noted down of the user for everybody who sees them.'
    private_metadata jsonb NOT NULL DEFAULT '{}'::jsonb COMMENT 'What administrators noted down of the user for themselves.'
    CONSTRAINT users_avatar_url_check CHECK (((avatar_url)::text ~ '^https?://[^/?#\u0001-\u0020\u007f-\u00a0]+([/?#][^\u0001-\u0020\u007f-\u00a0]*)?$'::text))
    CONSTRAINT users_email_check CHECK (((email)::text ~ '^[^@\u0001-\u0020\u007f-\u00a0]+@[^@\u0001-\u0020\u007f-\u00a0]+$'::text))
    CONSTRAINT users_email_key UNIQUE (email)
    CONSTRAINT users_first_name_check CHECK ((((first_name)::text !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$'::text) AND ((first_name)::text ~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]'::text)))
    CONSTRAINT users_last_name_check CHECK ((((last_name)::text !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]|(^|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u200c\u200d])[\u200c\u200d]|[\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e][\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef][\u200c\u200d]|[\u200c\u200d]($|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d])|^[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$'::text) AND ((last_name)::text ~ '[^\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u2800\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u200c\u200d]'::text)))
    CONSTRAINT users_locale_check CHECK (((locale)::text ~ '^[a-z]{2,3}(-([A-Z0-9]{2}|[a-z0-9]{3}|[A-Z0-9][a-z0-9]{3}|[a-z0-9]{5,8}))*$'::text))
    CONSTRAINT users_metadata_check CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192) AND (NOT jsonb_path_exists(metadata, 'strict $.**{5}?(@.type() == "object" || @.type() == "array")'::jsonpath))))
    CONSTRAINT users_password_hash_check CHECK (((password_hash)::text <> ''::text))
    CONSTRAINT users_pkey PRIMARY KEY (id)
    CONSTRAINT users_private_metadata_check CHECK (((jsonb_typeof(private_metadata) = 'object'::text) AND (octet_length((private_metadata)::text) <= 8192) AND (NOT jsonb_path_exists(private_metadata, 'strict $.**{5}?(@.type() == "object" || @.type() == "array")'::jsonpath))))
    CONSTRAINT users_public_metadata_check CHECK (((jsonb_typeof(public_metadata) = 'object'::text) AND (octet_length((public_metadata)::text) <= 8192) AND (NOT jsonb_path_exists(public_metadata, 'strict $.**{5}?(@.type() == "object" || @.type() == "array")'::jsonpath))))
    CONSTRAINT users_suspension_check CHECK (((suspended_at IS NOT NULL) OR (suspension_reason IS NULL)))
    CONSTRAINT users_suspension_reason_check CHECK ((((suspension_reason)::text ~ '^[^\u0001-\u001f\u007f-\u009f]+$'::text) AND ((suspension_reason)::text !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'::text)))
    CONSTRAINT users_username_check CHECK (((username)::text ~ '^[A-Za-z0-9_]{3,50}$'::text))
    CONSTRAINT users_username_key UNIQUE (username)
    CREATE INDEX users_admin_idx ON public.users USING btree (id) WHERE is_admin
    CREATE UNIQUE INDEX users_email_lower_key ON public.users USING btree (lower(((email)::text COLLATE "C")))
    CREATE INDEX users_email_search_idx ON public.users USING btree (lower(((email)::text COLLATE "C")), id)
    CREATE INDEX users_last_name_search_idx ON public.users USING btree (lower((last_name)::text) COLLATE "C", id) WHERE (last_name IS NOT NULL)
    CREATE INDEX users_name_search_idx ON public.users USING btree (lower(COALESCE((((first_name)::text || ' '::text) || (last_name)::text), (first_name)::text)) COLLATE "C", id) WHERE (first_name IS NOT NULL)
    CREATE INDEX users_password_kind_idx ON public.users USING btree (COALESCE("substring"(regexp_replace((password_hash)::text, '^(scrypt[$][0-9]+)[$][^$]+'::text, '\1'::text), '^(?:[{]SSHA[}]|(?:bcrypt[_a-z0-9]*[$])?[$]2[aby](?=[$])|[$][56](?=[$])|(?:argon2)?[$]?[a-z][_a-z0-9-]{2,19}(?=[$:]))(?:[$:,](?:[mtpnirv]=|ln=|rounds=|sha)?[0-9]+(?=[$:,]))*'::text), ''::text)) WHERE (((password_hash)::text <> '!'::text) AND ((password_hash)::text !~~ '$argon2id$v=19$m=19456,t=2,p=1$%'::text))
    CREATE INDEX users_suspended_idx ON public.users USING btree (id) WHERE (suspended_at IS NOT NULL)
    CREATE UNIQUE INDEX users_username_lower_key ON public.users USING btree (lower(((username)::text COLLATE "C")))
    CREATE INDEX users_username_search_idx ON public.users USING btree (lower(((username)::text COLLATE "C")), id)

TABLE public.webhook_deliveries COMMENT 'What was or is to be sent to an endpoint, and what came of it.'
    id uuid NOT NULL DEFAULT gen_random_uuid() COMMENT 'Names the delivery.'
    endpoint_id uuid NOT NULL COMMENT 'Where it goes.'
    chain_id uuid NOT NULL COMMENT 'Whose event it is: the chain of the audit log.'
    sequence bigint NOT NULL COMMENT 'The place of the event in its chain.'
    event_id uuid NOT NULL COMMENT 'The event, which is the header webhook-id.'
    action character varying(64) NOT NULL COMMENT 'The action of the event.'
    state character varying(10) NOT NULL DEFAULT 'waiting'::character varying COMMENT 'waiting, delivered, or failed: given up.'
    is_replay boolean NOT NULL DEFAULT false COMMENT 'Whether somebody asked for it to be sent again.'
    attempts integer NOT NULL DEFAULT 0 COMMENT 'How often it was sent.'
    created_at timestamp with time zone NOT NULL DEFAULT now() COMMENT 'When it was written: with the change, or with the replay.'
    attempted_at timestamp with time zone COMMENT 'When it was sent last.'
    ended_at timestamp with time zone COMMENT 'When it was delivered or given up; NULL while it waits.'
    url character varying(2048) COMMENT 'Where the last attempt was sent.'
    response_status smallint COMMENT 'The status of what the receiver answered last; NULL: nothing was answered.'
    response_body character varying(4096) COMMENT 'What the receiver answered last, cut off at 4,096 characters.'
    error character varying(500) COMMENT 'Why the last attempt failed; NULL: it did not.'
    duration_ms integer COMMENT 'How long the last attempt took, in milliseconds.'
    CONSTRAINT webhook_deliveries_attempts_check CHECK ((attempts >= 0))
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id)
    CONSTRAINT webhook_deliveries_state_check CHECK ((((state)::text = ANY ((ARRAY['waiting'::character varying, 'delivered'::character varying, 'failed'::character varying])::text[])) AND (((state)::text = 'waiting'::text) = (ended_at IS NULL))))
    CREATE INDEX webhook_deliveries_created_at_idx ON public.webhook_deliveries USING btree (created_at)
    CREATE INDEX webhook_deliveries_endpoint_idx ON public.webhook_deliveries USING btree (endpoint_id, created_at DESC, id DESC)
    CREATE INDEX webhook_deliveries_state_idx ON public.webhook_deliveries USING btree (endpoint_id, state, created_at DESC, id DESC)
    CREATE INDEX webhook_deliveries_waiting_idx ON public.webhook_deliveries USING btree (endpoint_id, chain_id, sequence, id) WHERE ((state)::text = 'waiting'::text)

TABLE public.webhook_endpoints COMMENT 'Where events are sent.'
    id uuid NOT NULL DEFAULT gen_random_uuid() COMMENT 'Names the endpoint.'
    organization_id uuid COMMENT 'Whose endpoint it is; NULL: the platform''s, which hears of everything.'
    url character varying(2048) NOT NULL COMMENT 'Where events are posted to.'
    description character varying(10000) NOT NULL DEFAULT ''::character varying COMMENT 'What it is for, in the words of whoever made it.'
    events text[] NOT NULL COMMENT 'The actions that it hears of: project.create, project.* or *.'
    status character varying(10) NOT NULL DEFAULT 'enabled'::character varying COMMENT 'enabled, or disabled by somebody or after days of failures.'
    sealed_secret bytea NOT NULL COMMENT 'What messages are signed with, encrypted with a key of the installation.'
    sealed_previous_secret bytea COMMENT 'The secret before, with which they are also signed until it expires.'
    previous_secret_expires_at timestamp with time zone COMMENT 'When the secret before signs no longer.'
    failing_since timestamp with time zone COMMENT 'The first failure after the last success; NULL: none.'
    created_by uuid COMMENT 'The user who made it; NULL: the operator, or an API key of the organization.'
    created_at timestamp with time zone NOT NULL DEFAULT now() COMMENT 'When it was made.'
    updated_at timestamp with time zone NOT NULL DEFAULT now() COMMENT 'Its version: grows with every change.'
    CONSTRAINT webhook_endpoints_events_check CHECK (((cardinality(events) >= 1) AND (cardinality(events) <= 100) AND (array_position(events, NULL::text) IS NULL)))
    CONSTRAINT webhook_endpoints_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE
    CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (id)
    CONSTRAINT webhook_endpoints_secret_check CHECK ((num_nulls(sealed_previous_secret, previous_secret_expires_at) = ANY (ARRAY[0, 2])))
    CONSTRAINT webhook_endpoints_status_check CHECK (((status)::text = ANY ((ARRAY['enabled'::character varying, 'disabled'::character varying])::text[])))
    CONSTRAINT webhook_endpoints_url_check CHECK (((url)::text ~ '^https?://[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)*\.?(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?([/?][^#\u0001-\u0020\u007f-\u00a0]*)?$'::text))
    CREATE INDEX webhook_endpoints_enabled_idx ON public.webhook_endpoints USING btree (COALESCE(organization_id, '00000000-0000-0000-0000-000000000000'::uuid)) WHERE ((status)::text = 'enabled'::text)
    CREATE INDEX webhook_endpoints_organization_id_idx ON public.webhook_endpoints USING btree (organization_id, id DESC)

TABLE public.webhook_queues WITH (fillfactor=70) COMMENT 'Which events of whom wait for which endpoint; they are sent in order.'
    endpoint_id uuid NOT NULL COMMENT 'For which endpoint they wait.'
    chain_id uuid NOT NULL COMMENT 'Whose events they are: the chain of the audit log.'
    additions bigint NOT NULL DEFAULT 1 COMMENT 'How often something was added, by which a worker sees that the queue is not empty.'
    failures integer NOT NULL DEFAULT 0 COMMENT 'Attempts that failed since the last success.'
    due_at timestamp with time zone NOT NULL DEFAULT now() COMMENT 'When to send next; while a worker sends: when another may take over; infinity: not before the endpoint is enabled.'
    lease_id uuid COMMENT 'The worker that sends, if one does.'
    CONSTRAINT webhook_queues_counts_check CHECK (((additions >= 1) AND (failures >= 0)))
    CONSTRAINT webhook_queues_pkey PRIMARY KEY (endpoint_id, chain_id)
    CREATE INDEX webhook_queues_due_idx ON public.webhook_queues USING btree (due_at)

VIEW public.all_organization_roles COMMENT 'What each member is, also in deleted organizations.' AS
 SELECT m.organization_id,
    m.user_id,
        CASE
            WHEN (o.owner_id = m.user_id) THEN 'owner'::character varying
            ELSE COALESCE(r.name, m.role)
        END AS role,
    m.created_at AS joined_at,
        CASE
            WHEN (o.owner_id = m.user_id) THEN NULL::text[]
            ELSE r.actions
        END AS actions,
    o.deleted_at
   FROM ((public.organization_members m
     JOIN public.organizations o ON ((o.id = m.organization_id)))
     LEFT JOIN public.roles r ON (((r.organization_id = m.organization_id) AND (r.id = m.role_id))));

VIEW public.organization_roles COMMENT 'What each member is in an organization: owner, admin or member.' AS
 SELECT organization_id,
    user_id,
    role,
    joined_at,
    actions
   FROM public.all_organization_roles
  WHERE (deleted_at IS NULL);
