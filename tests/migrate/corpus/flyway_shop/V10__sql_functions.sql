CREATE FUNCTION ${schema}.total(wanted UUID) RETURNS NUMERIC
    LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT sum(l.quantity * p.price) FROM ${schema}.order_lines l JOIN ${schema}.products p ON p.id = l.product_id WHERE l.order_id = wanted;
    END;
