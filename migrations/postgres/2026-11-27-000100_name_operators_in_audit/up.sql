-- Which operator did it. Absent for what others do, and for what was done before operators signed in.
ALTER TABLE audit ADD COLUMN operator_id TEXT;
