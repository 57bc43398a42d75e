-- A small shop with enough rows for a rewrite to be felt: 20,000 customers, 30,000 orders, 60,000 lines.
CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name varchar(80) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE products (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    price numeric(10, 2) NOT NULL,
    stock integer NOT NULL
);
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers,
    status text NOT NULL,
    total numeric(12, 2) NOT NULL,
    placed_at timestamptz NOT NULL
);
CREATE TABLE order_lines (
    order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE,
    product_id bigint NOT NULL REFERENCES products,
    quantity integer NOT NULL,
    PRIMARY KEY (order_id, product_id)
);

INSERT INTO customers (email, name, created_at)
SELECT CASE n % 3 WHEN 0 THEN 'Customer.' ELSE 'customer.' END || n || '@example.com', 'Customer ' || n,
    timestamptz '2025-01-01 00:00+00' + n * interval '1 minute'
FROM generate_series(1, 20000) n;

INSERT INTO products (name, price, stock)
SELECT 'Product ' || n, 1 + (n * 37 % 9900) / 100.0, n % 50 FROM generate_series(1, 500) n;

INSERT INTO orders (customer_id, status, total, placed_at)
SELECT 1 + n * 7919 % 20000, (ARRAY['new', 'paid', 'sent'])[1 + n % 3], 5 + (n * 31 % 50000) / 100.0,
    timestamptz '2025-06-01 00:00+00' + n * interval '3 minutes'
FROM generate_series(1, 30000) n;

INSERT INTO order_lines (order_id, product_id, quantity)
SELECT o, 1 + (o * 13 + l * 211) % 500, 1 + o % 5 FROM generate_series(1, 30000) o, generate_series(1, 2) l;
