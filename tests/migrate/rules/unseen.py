"""What cannot be judged: what is said so, and what can be read after all."""

FINDS = {
    "dynamic-sql": [
        "DO $$ BEGIN EXECUTE 'DROP TABLE ' || quote_ident('x'); END $$",
        "DO $$ DECLARE q text := 'DROP TABLE items'; BEGIN EXECUTE q; END $$",
        "DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'items'); END $$",
        "DO $$ DECLARE r record; BEGIN FOR r IN EXECUTE 'SELECT ' || now() LOOP NULL; END LOOP; END $$",
        "DO $$ DECLARE c refcursor; BEGIN OPEN c FOR EXECUTE 'SELECT ' || now(); END $$",
        "DO $$ BEGIN IF true THEN EXECUTE current_setting('app.sql') USING 1; END IF; END $$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN QUERY EXECUTE now()::text; END'; SELECT f()",
        "SELECT query_to_xml(current_setting('app.sql'), true, true, '')",
        "SELECT dblink_exec('host=here', 'DELETE FROM items')",
    ],
    "other-language": [
        "DO LANGUAGE plpython3u $$ plpy.execute('DELETE FROM items') $$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plperl AS 'return 1'; SELECT f()",
        "CREATE PROCEDURE p() LANGUAGE plv8 AS 'null'; CALL p()",
    ],
    "syntax-error": [
        "ALTER TABEL items",
        "DELETE items",
        "SELECT 1 +",
        "DO $$ BEGIN DELET FROM items; END $$",
        "DO $$ BEGIN DELETE FROM items WHERE id = 1 $$",
        "DO $$ BEGIN EXECUTE 'DROP TABEL items'; END $$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELEC 1'; SELECT f()",
    ],
}

LEAVES = {
    "dynamic-sql": [
        "DO $$ BEGIN RAISE NOTICE 'EXECUTE'; END $$",
        "DO $$ BEGIN EXECUTE 'ANALYZE items'; END $$",
        "DO $$ BEGIN EXECUTE 'ANALYZE' || ' ' || 'items'; END $$",
        "DO $$ BEGIN EXECUTE format('ANALYZE items'); END $$",
        "CREATE FUNCTION f(q text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE q; END $$",
        "CREATE TRIGGER t AFTER INSERT ON items EXECUTE FUNCTION f()",
        "GRANT EXECUTE ON FUNCTION f() TO PUBLIC",
        "SELECT query_to_xml('SELECT 1', true, true, '')",
    ],
    "other-language": [
        "CREATE FUNCTION f() RETURNS int LANGUAGE plperl AS 'return 1'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT f()",
        "DO $$ BEGIN NULL; END $$",
    ],
    "syntax-error": [
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "ALTER TABLE items ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED",
        "SELECT U&'d\\0061t\\+000061', E'\\'', $q$'$q$, \"a;b\" FROM (SELECT 1)",
    ],
}
