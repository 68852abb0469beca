DROP TABLE maintenances;

DROP TABLE health_changes;

DROP TABLE endpoint_health;

DROP TABLE health_checks;
