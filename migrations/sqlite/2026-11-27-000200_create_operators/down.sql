DROP TABLE proposals;
DROP TABLE signed_statements;
DROP TABLE operators;
