DELETE FROM ${schema}.order_lines WHERE line = 1;
DELETE FROM ${schema}."order" WHERE id IS NOT NULL;
DELETE FROM ${schema}.customers WHERE id <= 25;
