-- Where each session began: the page of its first event, and the campaign that its address named.
ALTER TABLE session ADD COLUMN landing TEXT;                         -- without query and fragment
ALTER TABLE session ADD COLUMN landing_at INTEGER;                   -- when that event happened
ALTER TABLE session ADD COLUMN entry_campaign TEXT;
UPDATE session SET (landing_at, landing) = (
  SELECT at, substr(path, 1, instr(path || '#', '#') - 1)
  FROM (SELECT event.at, event.seq, substr(url, 1, instr(url || '?', '?') - 1) AS path
        FROM event JOIN page ON page.id = event.page WHERE event.session = session.id)
  ORDER BY at, seq LIMIT 1);
UPDATE session SET entry_campaign = (
  SELECT campaign FROM touch WHERE touch.session = session.id AND touch.at = session.landing_at AND tagged = 1 AND campaign <> '' LIMIT 1);
