-- migrate:up
create table sites (
  id integer primary key generated always as identity,
  domain text not null unique,
  settings jsonb not null default '{"sampling": 1, "tags": ["a;b"]}'
);

-- migrate:down
drop table sites;
