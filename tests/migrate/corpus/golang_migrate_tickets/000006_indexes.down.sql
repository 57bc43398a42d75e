DROP INDEX tickets_open, tickets_subject;
DROP INDEX tickets_assignee;
