ALTER TABLE e.people ADD COLUMN computed text GENERATED ALWAYS AS (upper(name)) VIRTUAL;
ALTER TABLE e.pets ADD CONSTRAINT pets_unenforced CHECK (weight > 0) NOT ENFORCED;
ALTER TABLE e.pets ADD CONSTRAINT pets_unenforced_fkey FOREIGN KEY (owner_id) REFERENCES e.people NOT ENFORCED;
ALTER TABLE e.pets ADD CONSTRAINT pets_weight_given NOT NULL weight NOT VALID;
COMMENT ON CONSTRAINT pets_weight_given ON e.pets IS 'a number';
CREATE TABLE e.named_not_null (
    a int CONSTRAINT a_is_there NOT NULL, b int CONSTRAINT named_not_null_b_not_null NOT NULL NO INHERIT, c int NOT NULL
);
COMMENT ON CONSTRAINT named_not_null_c_not_null ON e.named_not_null IS 'with a usual name';
CREATE TABLE e.stays (room int4range, during daterange, CONSTRAINT stays_pkey PRIMARY KEY (room, during WITHOUT OVERLAPS));
CREATE TABLE e.bookings (
    room int4range, during daterange,
    CONSTRAINT bookings_fkey FOREIGN KEY (room, PERIOD during) REFERENCES e.stays (room, PERIOD during)
);
CREATE PUBLICATION everything_generated FOR TABLE e.people WITH (publish_generated_columns = stored);
ALTER TABLE e.people SET (autovacuum_vacuum_max_threshold = 41, vacuum_max_eager_freeze_failure_rate = 0.5,
    toast.autovacuum_vacuum_max_threshold = 42, toast.vacuum_max_eager_freeze_failure_rate = 0.6);
CREATE FOREIGN TABLE e.remote_like (LIKE e.passing) SERVER everything_other;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON LARGE OBJECTS TO pg_monitor;
