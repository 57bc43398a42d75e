CREATE TABLE ticket_history (
    ticket_id bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    was jsonb NOT NULL
);

CREATE OR REPLACE FUNCTION remember_ticket() RETURNS TRIGGER AS $$
BEGIN
  IF OLD IS DISTINCT FROM NEW THEN
    INSERT INTO ticket_history (ticket_id, was) VALUES (OLD.id, to_jsonb(OLD));
  END IF;
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;

DROP TRIGGER IF EXISTS remember ON tickets;
CREATE TRIGGER remember AFTER UPDATE ON tickets FOR EACH ROW EXECUTE PROCEDURE remember_ticket();
