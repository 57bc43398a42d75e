CREATE PROCEDURE announce(channel TEXT, payload TEXT) LANGUAGE plpgsql AS $proc$
BEGIN
  PERFORM pg_notify(channel, payload);
END $proc$;

CREATE FUNCTION announce_job() RETURNS TRIGGER LANGUAGE plpgsql AS $fn$
BEGIN
  CALL announce('jobs', NEW.id::text);
  RETURN NULL;
END $fn$;

CREATE CONSTRAINT TRIGGER announced AFTER INSERT ON queue
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION announce_job();
