CREATE TYPE priority AS ENUM ('low', 'normal', 'high');
CREATE SEQUENCE ticket_numbers START WITH 1000 INCREMENT BY 1;
CREATE TABLE tickets (
    id bigint PRIMARY KEY DEFAULT nextval('ticket_numbers'),
    subject varchar(200) NOT NULL,
    priority priority NOT NULL DEFAULT 'normal',
    assignee integer REFERENCES agents ON DELETE SET NULL,
    opened timestamp with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    closed timestamp with time zone,
    CHECK (closed IS NULL OR closed >= opened)
);
ALTER SEQUENCE ticket_numbers OWNED BY tickets.id;
