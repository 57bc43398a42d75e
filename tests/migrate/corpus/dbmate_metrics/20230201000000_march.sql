-- migrate:up
create table events_2023_03 (like events including defaults including constraints);
alter table events_2023_03 add constraint march check (at >= '2023-03-01 00:00+00' and at < '2023-04-01 00:00+00');
with moved as (delete from events_rest where at >= '2023-03-01 00:00+00' and at < '2023-04-01 00:00+00' returning *)
insert into events_2023_03 select * from moved;
alter table events attach partition events_2023_03 for values from ('2023-03-01 00:00+00') to ('2023-04-01 00:00+00');
alter table events_2023_03 drop constraint march;

-- migrate:down
alter table events detach partition events_2023_03;
insert into events_rest select * from events_2023_03;
drop table events_2023_03;
