DROP TABLE proposals;
DROP TABLE signed_statements;
DROP FUNCTION signed_statements_refuse_change;
DROP TABLE operators;
