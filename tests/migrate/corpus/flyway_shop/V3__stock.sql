CREATE TABLE ${schema}.stock (
    product_id BIGINT PRIMARY KEY REFERENCES ${schema}.products (id),
    amount INT NOT NULL DEFAULT 0,
    EXCLUDE USING btree (product_id WITH =)
) WITH (fillfactor = 70);
CREATE OR REPLACE FUNCTION ${schema}.take_stock(product BIGINT, number INT) RETURNS INT
LANGUAGE plpgsql AS $function$
DECLARE
    remaining INT;
BEGIN
    UPDATE ${schema}.stock SET amount = amount - number WHERE product_id = product RETURNING amount INTO remaining;
    IF remaining < 0 THEN
        RAISE EXCEPTION 'out of stock: %', product USING HINT = 'order some; then try again';
    END IF;
    RETURN remaining;
END;
$function$;
INSERT INTO ${schema}.stock (product_id, amount) SELECT id, 100 FROM ${schema}.products;
