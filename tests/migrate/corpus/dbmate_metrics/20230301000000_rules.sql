-- migrate:up
create table dropped_events (like events);
create rule keep_dropped as on delete to events_2023_02
  do also (insert into dropped_events values (old.site_id, old.at, old.kind, old.path, old.value); notify dropped);

-- migrate:down
drop rule keep_dropped on events_2023_02;
drop table dropped_events;
