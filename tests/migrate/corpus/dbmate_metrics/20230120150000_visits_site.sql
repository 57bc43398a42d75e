-- migrate:up
alter table visits add constraint visits_site foreign key (site_id) references sites (id) not valid;

-- migrate:down
alter table visits drop constraint visits_site;
