DROP FUNCTION ${schema}.total(UUID);
