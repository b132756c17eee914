-- What the items come to where it is not what the event's value says.
ALTER TABLE event ADD COLUMN worth INTEGER;
CREATE INDEX event_worth ON event (at) WHERE worth IS NOT NULL;
