-- migrate:up
create statistics events_of_site (dependencies) on kind, path from events_2023_01;
alter table events_2023_01 set (autovacuum_vacuum_scale_factor = 0.05);
alter table sites replica identity full;

-- migrate:down
alter table sites replica identity default;
alter table events_2023_01 reset (autovacuum_vacuum_scale_factor);
drop statistics events_of_site;
