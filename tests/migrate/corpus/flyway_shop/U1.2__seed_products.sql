DELETE FROM ${schema}.products WHERE id IN (1, 2, 3);
