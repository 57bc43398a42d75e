CREATE TABLE teams (id int PRIMARY KEY, name text NOT NULL, parent int REFERENCES teams (id) DEFERRABLE INITIALLY DEFERRED);
INSERT INTO teams VALUES (2, 'Second line', 1), (1, 'Support', NULL);
ALTER TABLE agents ADD COLUMN team_id int CONSTRAINT agents_team REFERENCES teams (id);
UPDATE agents SET team_id = 1 WHERE team_id IS NULL;
