DROP FUNCTION ${schema}.take_stock(BIGINT, INT);
DROP TABLE ${schema}.stock;
