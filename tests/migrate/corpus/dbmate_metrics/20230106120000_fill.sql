-- migrate:up
insert into sites (id, domain) overriding system value values (1, 'example.com'), (2, 'example.org');
insert into events (site_id, at, kind, path, value)
select 1 + n % 2, timestamptz '2023-01-01 00:00+00' + n * interval '11 hours', 'view', '/page/' || n % 5, n / 3.0
from generate_series(0, 199) as n;

-- migrate:down
delete from events where kind = 'view';
delete from sites where id in (1, 2);
