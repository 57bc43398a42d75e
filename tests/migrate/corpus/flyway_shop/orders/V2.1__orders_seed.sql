INSERT INTO ${schema}.customers (id, email, name) OVERRIDING SYSTEM VALUE
SELECT n, 'c' || n || '@example.com', 'Customer ' || n FROM generate_series(1, 25) AS n;
INSERT INTO ${schema}."order" (id, customer_id, state, placed_at, note)
SELECT ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, n % 25 + 1, 'paid', '2021-05-05 12:00:00', CASE WHEN n % 7 = 0 THEN 'gift; wrap' END
FROM generate_series(1, 60) AS n;
INSERT INTO ${schema}.order_lines
SELECT id, 1, 1, 2 FROM ${schema}."order";
