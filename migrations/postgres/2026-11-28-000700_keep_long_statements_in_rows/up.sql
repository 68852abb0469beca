-- SQLite alone: PostgreSQL keeps rows in a heap anyway.
SELECT 1;
