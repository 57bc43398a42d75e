DO $do$
DECLARE
    agent record;
BEGIN
    FOR agent IN SELECT id FROM agents WHERE role = 'admin' LOOP
        INSERT INTO tickets (id, subject, assignee, opened)
        VALUES (500 + agent.id, 'Welcome; read this', agent.id, '2023-01-01 00:00:00+00');
    END LOOP;
END
$do$;
