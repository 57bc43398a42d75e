DROP VIEW current_alarms;
DROP TABLE alarms;
