-- Events are partitioned by month.
-- migrate:up
create table events (
  site_id integer not null references sites (id),
  at timestamptz not null,
  kind text not null,
  path text not null default '/',
  value double precision,
  primary key (site_id, at, kind)
) partition by range (at);
create table events_2023_01 partition of events for values from ('2023-01-01 00:00+00') to ('2023-02-01 00:00+00');
create table events_2023_02 partition of events for values from ('2023-02-01 00:00+00') to ('2023-03-01 00:00+00');
create table events_rest partition of events default;

-- migrate:down
drop table events;
