-- What says that no person was there: 'agent' (its User-Agent) or 'webdriver' (its own word); see device.rs.
ALTER TABLE session ADD COLUMN robot TEXT;
CREATE INDEX session_robot ON session (visitor) WHERE robot IS NOT NULL;
