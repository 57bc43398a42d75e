DROP TABLE ${schema}.order_lines;
DROP TABLE ${schema}."order";
DROP TYPE ${schema}."order state";
