CREATE EXTENSION file_fdw;
GRANT USAGE ON FOREIGN DATA WRAPPER file_fdw TO pg_monitor;
CREATE SERVER everything_files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE e.lines_of_file (line text OPTIONS (force_not_null 'true')) SERVER everything_files OPTIONS (filename '/nowhere', format 'csv');
