-- What a database holds and no dump keeps, or keeps in another form.
CREATE TABLE parent (a int NOT NULL, b int);
CREATE TABLE child (c int, b int, a int NOT NULL) ;
ALTER TABLE child INHERIT parent;
ALTER TABLE child NO INHERIT parent;
ALTER TABLE child INHERIT parent;
CREATE TABLE cut (a int, id int, b int);
ALTER TABLE cut DROP COLUMN a, ADD COLUMN c int;
CREATE INDEX broken ON cut (b);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass;
CREATE TABLE referenced (id int CONSTRAINT referenced_pkey PRIMARY KEY);
CREATE TABLE referencing (id int CONSTRAINT referencing_fkey REFERENCES referenced);
ALTER TABLE referencing DISABLE TRIGGER ALL;

CREATE TABLE parts (id int CONSTRAINT parts_fkey REFERENCES referenced) PARTITION BY LIST (id);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE part_2 (id int);
ALTER TABLE parts ATTACH PARTITION part_2 FOR VALUES IN (2);
ALTER TABLE parts RENAME CONSTRAINT parts_fkey TO parts_id_fkey;
UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = 'part_2'::regclass;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER parts_touch BEFORE INSERT ON parts FOR EACH ROW EXECUTE FUNCTION touch();

CREATE MATERIALIZED VIEW bottom AS SELECT 1 AS a;
CREATE VIEW middle AS SELECT a FROM bottom;
CREATE MATERIALIZED VIEW top AS SELECT a FROM middle;
REFRESH MATERIALIZED VIEW bottom WITH NO DATA;

CREATE COLLATION bytes (LOCALE = 'C');
UPDATE pg_collation SET collversion = '0' WHERE collname = 'bytes';
CREATE FUNCTION member() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE member (id int PRIMARY KEY);
ALTER EXTENSION plpgsql ADD FUNCTION member();
ALTER EXTENSION plpgsql ADD TABLE member;
CREATE INDEX member_id ON member (id);
CREATE TRIGGER member_touch BEFORE INSERT ON member FOR EACH ROW EXECUTE FUNCTION touch();
COMMENT ON EXTENSION plpgsql IS 'something else';
COMMENT ON FUNCTION pg_catalog.now() IS 'what time is it';
CREATE TEMPORARY TABLE fleeting (a int);
CREATE STATISTICS counted ON id, b FROM cut;
ANALYZE;
