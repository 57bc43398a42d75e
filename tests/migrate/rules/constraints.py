"""Rules on constraints: what each must find, and what it must leave alone."""

FINDS = {
    "constraint-missing-not-valid": [
        "ALTER TABLE items ADD CONSTRAINT c CHECK (a > 0)",
        "ALTER TABLE ONLY items ADD CHECK (a > 0)",
        "ALTER TABLE items ADD a int CHECK (a > 0)",
        "ALTER TABLE items ADD b int, ADD CONSTRAINT c CHECK (a > 0)",
        "ALTER TABLE items ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE items VALIDATE CONSTRAINT c",
        "ALTER TABLE items ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES other NOT VALID, VALIDATE CONSTRAINT f",
        "ALTER DOMAIN positive ADD CONSTRAINT c CHECK (VALUE > 0)",
        "ALTER DOMAIN app.positive ADD CHECK (VALUE > 0)",
    ],
    "adding-foreign-key-constraint": [
        "ALTER TABLE items ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES other (id)",
        "ALTER TABLE items ADD FOREIGN KEY (a) REFERENCES other ON DELETE CASCADE",
        "ALTER TABLE items ADD a int DEFAULT 1 REFERENCES other",
        "ALTER TABLE items ALTER CONSTRAINT f ENFORCED",
        "CREATE TABLE fresh (id int PRIMARY KEY); ALTER TABLE items ADD FOREIGN KEY (a) REFERENCES fresh",
    ],
    "disallowed-unique-constraint": [
        "ALTER TABLE items ADD CONSTRAINT u UNIQUE (a)",
        "ALTER TABLE items ADD UNIQUE NULLS NOT DISTINCT (a, b)",
        "ALTER TABLE items ADD a int UNIQUE",
    ],
    "adding-serial-primary-key-field": [
        "ALTER TABLE items ADD PRIMARY KEY (a)",
        "ALTER TABLE items ADD CONSTRAINT k PRIMARY KEY (a, b)",
        "ALTER TABLE items ADD a bigserial PRIMARY KEY",
        "ALTER TABLE items DROP CONSTRAINT items_pkey, ADD PRIMARY KEY (a)",
    ],
    "exclusion-constraint": [
        "ALTER TABLE items ADD CONSTRAINT e EXCLUDE USING gist (during WITH &&)",
        "ALTER TABLE items ADD EXCLUDE (a WITH =)",
        "ALTER TABLE items ADD b int, ADD EXCLUDE USING gist (during WITH &&) WHERE (a > 0)",
    ],
}

LEAVES = {
    "constraint-missing-not-valid": [
        "ALTER TABLE items ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
        "ALTER TABLE items ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED",
        "ALTER TABLE items ADD a int CHECK (a > 0) NOT ENFORCED",
        "ALTER TABLE items VALIDATE CONSTRAINT c",
        "ALTER TABLE items DROP CONSTRAINT c",
        "ALTER TABLE items ADD CONSTRAINT u UNIQUE USING INDEX i",
        "ALTER TABLE items ADD CONSTRAINT u UNIQUE (a)",
        "ALTER TABLE items ADD PRIMARY KEY (a)",
        "ALTER DOMAIN positive ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID",
        "ALTER DOMAIN positive VALIDATE CONSTRAINT c",
        "CREATE DOMAIN positive AS int; ALTER DOMAIN positive ADD CHECK (VALUE > 0)",
        "CREATE TABLE fresh (a int CHECK (a > 0)); ALTER TABLE fresh ADD CHECK (a < 9)",
        "ALTER FOREIGN TABLE far ADD CHECK (a > 0)",
    ],
    "adding-foreign-key-constraint": [
        "ALTER TABLE items ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES other (id) NOT VALID",
        "ALTER TABLE items ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES other (id) NOT ENFORCED",
        "ALTER TABLE items ADD a int REFERENCES other",
        "ALTER TABLE items ADD a int DEFAULT NULL REFERENCES other",
        "ALTER TABLE items ALTER CONSTRAINT f DEFERRABLE INITIALLY DEFERRED",
        "ALTER TABLE items ALTER CONSTRAINT f NOT ENFORCED",
        "CREATE TABLE fresh (a int REFERENCES items); ALTER TABLE fresh ADD FOREIGN KEY (a) REFERENCES items",
    ],
    "disallowed-unique-constraint": [
        "ALTER TABLE items ADD CONSTRAINT u UNIQUE USING INDEX i",
        "CREATE TABLE fresh (a int UNIQUE); ALTER TABLE fresh ADD UNIQUE (a)",
        "ALTER TABLE items ADD a int",
    ],
    "adding-serial-primary-key-field": [
        "ALTER TABLE items ADD CONSTRAINT k PRIMARY KEY USING INDEX i",
        "CREATE TABLE fresh (a int); ALTER TABLE fresh ADD PRIMARY KEY (a)",
        "ALTER TABLE items DROP CONSTRAINT items_pkey",
    ],
    "exclusion-constraint": [
        "CREATE TABLE fresh (during tsrange, EXCLUDE USING gist (during WITH &&))",
        "CREATE TABLE fresh (a int); ALTER TABLE fresh ADD EXCLUDE (a WITH =)",
        "ALTER TABLE items DROP CONSTRAINT e",
    ],
}
