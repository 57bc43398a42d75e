DROP TABLE ${schema}.products;
DROP DOMAIN ${schema}.money_amount;
