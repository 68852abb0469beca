DROP TABLE audit_counted;
DROP TABLE audit_hours;
