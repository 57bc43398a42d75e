CREATE COLLATION e.careless (PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false);
