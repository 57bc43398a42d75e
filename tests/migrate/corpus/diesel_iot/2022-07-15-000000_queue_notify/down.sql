DROP TRIGGER announced ON queue;
DROP FUNCTION announce_job();
DROP PROCEDURE announce(TEXT, TEXT);
