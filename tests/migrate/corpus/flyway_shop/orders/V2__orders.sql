CREATE TYPE ${schema}."order state" AS ENUM ('new', 'paid', 'sent');
CREATE TABLE ${schema}."order" (
    id UUID PRIMARY KEY,
    customer_id BIGINT NOT NULL REFERENCES ${schema}.customers (id),
    state ${schema}."order state" NOT NULL DEFAULT 'new',
    placed_at TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    note TEXT
);
CREATE TABLE ${schema}.order_lines (
    order_id UUID NOT NULL REFERENCES ${schema}."order" (id) ON DELETE CASCADE,
    line INT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES ${schema}.products (id),
    quantity SMALLINT NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, line)
);
