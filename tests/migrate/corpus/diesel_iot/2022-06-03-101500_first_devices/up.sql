INSERT INTO devices (id, serial_number, location, updated_at, "group")
SELECT n, 'SN-' || to_char(n, 'FM0000'), ('08:00:2b:01:02:' || lpad(to_hex(n), 2, '0'))::macaddr, '2022-06-03', n % 4
FROM generate_series(1, 30) AS n;
