-- migrate:up
create function add_month(first_day date) returns void
language plpgsql as $$
declare
  name text := format('events_%s', to_char(first_day, 'YYYY_MM'));
begin
  execute format(
    'create table %I partition of events for values from (%L) to (%L)',
    name, first_day::timestamptz, (first_day + interval '1 month')::timestamptz
  );
end
$$;

-- migrate:down
drop function add_month(date);
