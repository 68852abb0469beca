DROP INDEX audit_by_time;
DROP INDEX audit_of_enterprise;
DROP INDEX audit_of_platform;
DROP INDEX audit_of_operator;
DROP INDEX audit_by_reason;
DROP INDEX audit_by_incident;
DROP INDEX audit_by_rare_kind;
DROP INDEX audit_of_sign_in;
