ALTER TABLE agents DROP COLUMN team_id;
DROP TABLE teams;
