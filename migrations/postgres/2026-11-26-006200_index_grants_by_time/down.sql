DROP INDEX grants_by_time;
