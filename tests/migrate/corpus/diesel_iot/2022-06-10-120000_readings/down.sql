DROP TABLE readings;
DROP TYPE reading;
DROP TYPE unit;
