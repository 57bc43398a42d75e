INSERT INTO agents (id, login, role) VALUES (1, 'root', 'admin'), (2, 'anna', 'agent');
INSERT INTO tickets (id, subject, priority, assignee, opened, closed)
SELECT n, format('Ticket %s; it "works"', n), (ARRAY['low', 'normal', 'high']::priority[])[1 + n % 3], 1 + n % 2,
    timestamptz '2022-03-01 08:00:00+00' + n * interval '1 hour', CASE WHEN n % 4 = 0 THEN timestamptz '2022-12-24 00:00:00+00' END
FROM generate_series(1, 80) AS n
