DROP TABLE self_registrations;

DROP TABLE registration_tokens;
