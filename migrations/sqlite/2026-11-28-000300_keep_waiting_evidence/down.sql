DROP TABLE waiting_evidence;
