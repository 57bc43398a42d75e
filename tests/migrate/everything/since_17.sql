CREATE COLLATION e.builtin (PROVIDER = builtin, LOCALE = 'C.UTF-8');
CREATE EVENT TRIGGER everything_login ON login EXECUTE FUNCTION e.watch();
ALTER EVENT TRIGGER everything_login DISABLE;
GRANT MAINTAIN ON e.passing TO pg_monitor;
CREATE TABLE e.made_by (id int) PARTITION BY LIST (id) USING everything_pile;
CREATE TABLE e.identity_parts (id int GENERATED ALWAYS AS IDENTITY, b int) PARTITION BY LIST (b);
CREATE TABLE e.identity_parts_1 PARTITION OF e.identity_parts FOR VALUES IN (1);
