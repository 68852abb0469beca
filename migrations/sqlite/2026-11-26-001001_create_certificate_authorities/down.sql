DROP TABLE certificate_authority_changes;
DROP TABLE certificate_authorities;
