INSERT INTO ${schema}.products (id, sku, "desc", price) VALUES
    (1, 'AAAA0001', 'A "quoted" thing', 9.99),
    (2, 'AAAA0002', NULL, 0),
    (3, 'AAAA0003', 'it''s; semi', 120.5);
