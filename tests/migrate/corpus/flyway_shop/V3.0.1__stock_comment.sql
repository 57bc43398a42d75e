COMMENT ON COLUMN ${schema}.stock.amount IS 'pieces; never below zero';
