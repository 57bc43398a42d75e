DELETE FROM tickets WHERE id <= 80;
DELETE FROM agents WHERE id IN (1, 2)
