-- The shop's customers, in a schema of their own.
CREATE SCHEMA ${schema};
CREATE TABLE ${schema}.customers (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email VARCHAR(255) NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT customers_email_key UNIQUE (email)
);
