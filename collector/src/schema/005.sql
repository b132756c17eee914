-- The cart's own id, where the tracker's cart engine gives it one.
ALTER TABLE session ADD COLUMN cart TEXT;
