-- migrate:up
update goals set weight = weight * 2 where weight = 1;
alter table goals add column note text;

-- migrate:down
alter table goals drop column note;
update goals set weight = weight / 2 where weight = 2;
