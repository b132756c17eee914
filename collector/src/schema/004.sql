-- What is kept for some days only goes by these times.
ALTER TABLE page ADD COLUMN at INTEGER NOT NULL DEFAULT 0;           -- when it was last heard of
UPDATE page SET at = last.at FROM (SELECT page, max(received) AS at FROM event GROUP BY page) AS last WHERE last.page = page.id;
CREATE INDEX page_at ON page (at);
CREATE INDEX batch_received ON batch (received);
CREATE INDEX refund_at ON refund (at);
CREATE INDEX erasure_at ON erasure (at);
