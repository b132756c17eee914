-- What the reports read. Rows from before are completed where SQL can; the prices of their lines, and what brought their
-- visits, stay unknown.

ALTER TABLE session ADD COLUMN device TEXT;                          -- desktop, mobile or tablet; see device.rs
ALTER TABLE session ADD COLUMN contact TEXT;                         -- the login id, where the consent covers it
ALTER TABLE session ADD COLUMN checkout_at INTEGER NOT NULL DEFAULT 0;   -- the last time of each step
ALTER TABLE session ADD COLUMN shipping_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN payment_at INTEGER NOT NULL DEFAULT 0;
UPDATE session SET checkout_at = last_at WHERE checkouts > 0;

ALTER TABLE cart_line ADD COLUMN name TEXT;
ALTER TABLE cart_line ADD COLUMN price INTEGER;                      -- of one piece
ALTER TABLE cart_line ADD COLUMN currency TEXT;

ALTER TABLE sale ADD COLUMN contact TEXT;
ALTER TABLE sale ADD COLUMN event INTEGER;                           -- the purchase that was booked; its lines are in `item`
UPDATE sale SET event = first.n
  FROM (SELECT min(n) AS n, site, transaction_id FROM event WHERE name = 'purchase' GROUP BY site, transaction_id) AS first
  WHERE first.site = sale.site AND first.transaction_id = sale.transaction_id;
CREATE INDEX sale_customer ON sale (coalesce(contact, visitor), at);
CREATE INDEX sale_session ON sale (session);

ALTER TABLE item ADD COLUMN visitor TEXT NOT NULL DEFAULT '';
ALTER TABLE item ADD COLUMN site TEXT NOT NULL DEFAULT '';
ALTER TABLE item ADD COLUMN variant TEXT;
ALTER TABLE item ADD COLUMN price INTEGER;                           -- of one piece, in the currency of its event
UPDATE item SET visitor = event.visitor, site = event.site FROM event WHERE event.n = item.event;
-- A thank-you page that was loaded again sold nothing twice.
DELETE FROM item WHERE event_name = 'purchase' AND event NOT IN (SELECT event FROM sale WHERE event IS NOT NULL);
DROP INDEX item_time;
CREATE INDEX item_time ON item (at, item_id, event_name, quantity, item_name, visitor, site);

-- What was given back. Its order may be told later, or never.
CREATE TABLE refund (
  event INTEGER PRIMARY KEY,
  site TEXT NOT NULL,
  transaction_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  visitor TEXT NOT NULL,
  currency TEXT,
  amount INTEGER,                  -- none: whatever `whole` or the lines say
  whole INTEGER NOT NULL           -- 1: neither a value nor items, so all of the order
) STRICT;
CREATE INDEX refund_order ON refund (site, transaction_id);
CREATE INDEX refund_visitor ON refund (visitor);
INSERT INTO refund SELECT n, site, transaction_id, at, visitor, currency, amount,
    amount IS NULL AND json_extract(data, '$.items') IS NULL
  FROM event WHERE name = 'refund' AND transaction_id IS NOT NULL;

-- What brought a visit here: one row for each source, medium and campaign of a session. A session without one came directly.
CREATE TABLE touch (
  n INTEGER PRIMARY KEY,
  session TEXT NOT NULL,
  visitor TEXT NOT NULL,
  site TEXT NOT NULL,
  at INTEGER NOT NULL,
  channel TEXT NOT NULL,
  source TEXT NOT NULL,
  medium TEXT NOT NULL,
  campaign TEXT NOT NULL,
  tagged INTEGER NOT NULL,         -- 1: its utm parameters say so, 0: its click id or referrer
  UNIQUE (session, source, medium, campaign, channel, tagged)
) STRICT;
CREATE INDEX touch_visitor ON touch (visitor, at);
CREATE INDEX touch_time ON touch (at, tagged);
CREATE INDEX session_site ON session (site);
