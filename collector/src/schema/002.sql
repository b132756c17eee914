-- What a request to be forgotten came to: all rows of all tables, and the stores they were of.
ALTER TABLE erasure ADD COLUMN site TEXT NOT NULL DEFAULT '';
ALTER TABLE erasure ADD COLUMN rows INTEGER NOT NULL DEFAULT 0;
