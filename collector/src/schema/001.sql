-- Ids are stored as their canonical text, times as milliseconds since 1970, money as minor units of its currency.

-- Every event, once, ever. `n` never comes back, so it can be a reader's cursor.
CREATE TABLE event (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,             -- when it happened, as far as the sender's clock is believed
  t INTEGER NOT NULL,              -- when it happened, by the sender's clock
  ahead INTEGER NOT NULL,          -- 1: the sender's clock was ahead, and `at` is not `t`
  received INTEGER NOT NULL,
  batch TEXT NOT NULL,
  site TEXT NOT NULL,
  visitor TEXT NOT NULL,
  user TEXT,
  session TEXT NOT NULL,
  seq INTEGER NOT NULL,
  page TEXT,
  name TEXT NOT NULL,
  currency TEXT,
  amount INTEGER,                  -- the field `value`
  transaction_id TEXT,
  data TEXT NOT NULL               -- all fields, JSON
) STRICT;
CREATE INDEX event_time ON event (at, name);
CREATE INDEX event_session ON event (session, seq);
CREATE INDEX event_name ON event (name, at);
CREATE INDEX event_visitor ON event (visitor, at);

-- Ids of erased events: a late second copy must not bring them back. Nothing else is known of them.
CREATE TABLE gone (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE page (
  id TEXT PRIMARY KEY,
  visitor TEXT NOT NULL,
  url TEXT NOT NULL,
  title TEXT,
  referrer TEXT,
  reason TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX page_visitor ON page (visitor);

-- What each session came to, kept up with every batch, so that the funnel need not read the events.
CREATE TABLE session (
  id TEXT PRIMARY KEY,
  visitor TEXT NOT NULL,
  site TEXT NOT NULL,
  n INTEGER NOT NULL,
  started INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  events INTEGER NOT NULL,
  views INTEGER NOT NULL,          -- product views
  carts INTEGER NOT NULL,          -- additions to the cart
  checkouts INTEGER NOT NULL,
  orders INTEGER NOT NULL,
  units INTEGER NOT NULL,          -- pieces in the cart: see cart_line
  filled_at INTEGER NOT NULL,      -- the last addition to the cart
  emptied_at INTEGER NOT NULL      -- the last order or emptied cart
) STRICT, WITHOUT ROWID;
CREATE INDEX session_last ON session (last_at, visitor, views, carts, checkouts, orders, units, filled_at, emptied_at);
CREATE INDEX session_visitor ON session (visitor);

-- What lies in each session's cart, as its events tell.
CREATE TABLE cart_line (
  session TEXT NOT NULL,
  item TEXT NOT NULL,              -- item id, and variant if any
  visitor TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  PRIMARY KEY (session, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX cart_line_visitor ON cart_line (visitor);

-- One row an order: a thank-you page that is loaded again is no second sale.
CREATE TABLE sale (
  site TEXT NOT NULL,
  transaction_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  session TEXT NOT NULL,
  visitor TEXT NOT NULL,
  currency TEXT,
  amount INTEGER,
  PRIMARY KEY (site, transaction_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sale_time ON sale (at, currency, amount);
CREATE INDEX sale_visitor ON sale (visitor);

-- The lines of product views, cart changes and orders.
CREATE TABLE item (
  event INTEGER NOT NULL,
  line INTEGER NOT NULL,
  at INTEGER NOT NULL,
  event_name TEXT NOT NULL,
  item_id TEXT NOT NULL,
  item_name TEXT,
  quantity INTEGER NOT NULL,
  PRIMARY KEY (event, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_time ON item (at, item_id, event_name, quantity, item_name);

CREATE TABLE batch (
  id TEXT PRIMARY KEY,
  received INTEGER NOT NULL,
  visitor TEXT NOT NULL,
  session TEXT NOT NULL,
  sdk TEXT NOT NULL,
  engine TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  consent TEXT NOT NULL            -- purposes, source and time, JSON
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_visitor ON batch (visitor);

-- What the SDK says it could not deliver.
CREATE TABLE loss (
  session TEXT NOT NULL,
  reason TEXT NOT NULL,
  visitor TEXT NOT NULL,
  at INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (session, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX loss_time ON loss (at, reason, count);
CREATE INDEX loss_visitor ON loss (visitor);

-- What this collector turned away, by hour; never who sent it.
CREATE TABLE refused (
  hour INTEGER NOT NULL,           -- the first millisecond of the hour
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (hour, kind, reason)
) STRICT, WITHOUT ROWID;

-- Requests to be forgotten, without who asked.
CREATE TABLE erasure (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  events INTEGER NOT NULL,
  sessions INTEGER NOT NULL
) STRICT;
