-- When an operator last let people go there, where it was stopped or waited before: codes from before count no more.
ALTER TABLE platforms ADD COLUMN in_force_since BIGINT;
