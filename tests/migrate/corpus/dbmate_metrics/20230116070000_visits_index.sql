-- migrate:up transaction:false
create index concurrently visits_started on visits using brin (started);
create index concurrently visits_pages on visits using gin (pages);

-- migrate:down transaction:false
drop index concurrently visits_pages;
drop index concurrently visits_started;
