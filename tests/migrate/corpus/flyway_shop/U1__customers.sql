DROP TABLE ${schema}.customers;
DROP SCHEMA ${schema};
