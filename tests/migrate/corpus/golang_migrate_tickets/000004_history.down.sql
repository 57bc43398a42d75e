DROP TRIGGER remember ON tickets;
DROP FUNCTION remember_ticket();
DROP TABLE ticket_history;
