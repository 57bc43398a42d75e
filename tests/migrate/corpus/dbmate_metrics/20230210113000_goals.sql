-- migrate:up
create table goals (
  site_id integer not null references sites (id) on delete cascade,
  "name" text not null,
  U&"p\0061ttern" text not null default E'^/thanks\\?',
  weight numeric(6, 3) not null default 1,
  primary key (site_id, "name")
);
comment on column goals.pattern is 'a regular expression; \d is a digit';
insert into goals (site_id, "name") select id, 'signed up' from sites;

-- migrate:down
drop table goals;
