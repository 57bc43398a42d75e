CREATE FUNCTION e.with_setting() RETURNS int LANGUAGE sql SET app.level = '1' AS 'SELECT 1';
CREATE TABLE e.stored_parent (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE e.stored_child (b int GENERATED ALWAYS AS (a * 3) STORED) INHERITS (e.stored_parent);
CREATE TABLE e.stored (a text STORAGE EXTERNAL);
