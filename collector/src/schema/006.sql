-- How often what happened to shoppers who said no: sums by the hour, of nobody.
CREATE TABLE anonymous (
  hour INTEGER NOT NULL,           -- the first millisecond of the hour
  site TEXT NOT NULL,
  name TEXT NOT NULL,
  page TEXT NOT NULL,              -- without query and fragment
  referrer TEXT NOT NULL,          -- its origin, or empty
  count INTEGER NOT NULL,
  PRIMARY KEY (hour, site, name, page, referrer)
) STRICT, WITHOUT ROWID;
