DROP INDEX ${schema}.order_customer_id_idx;
