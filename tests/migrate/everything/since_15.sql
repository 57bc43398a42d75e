CREATE UNIQUE INDEX pets_no_nulls ON e.pets (name) NULLS NOT DISTINCT;
ALTER TABLE e.pets ADD CONSTRAINT pets_no_nulls_key UNIQUE NULLS NOT DISTINCT (weight, name);
ALTER TABLE e.pets ADD CONSTRAINT pets_part_fkey FOREIGN KEY (owner_id) REFERENCES e.people ON DELETE SET NULL (owner_id);
CREATE VIEW e.invoked WITH (security_invoker = true) AS SELECT 1 AS a;
CREATE UNLOGGED SEQUENCE e.passing_numbers;
CREATE PUBLICATION everything_filtered FOR TABLE e.pets (id, name) WHERE (id > 0 AND name IN ('a', 'b'));
CREATE PUBLICATION everything_schema FOR TABLES IN SCHEMA "Odd name";
ALTER SCHEMA public OWNER TO pg_monitor;
