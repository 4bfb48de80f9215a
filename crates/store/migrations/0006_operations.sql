-- Retention, erasure and rotation of keys.

-- keeping a county ---------------------------------------------------------------------------------

CREATE TABLE restore_drill (
  id INTEGER PRIMARY KEY, file_name TEXT NOT NULL, copy_made_at TEXT, copy_tx INTEGER, copy_head TEXT,
  row_count INTEGER, outcome TEXT NOT NULL, reason TEXT, took_ms INTEGER NOT NULL,
  drilled_on INTEGER NOT NULL, drilled_by TEXT NOT NULL, tx INTEGER NOT NULL
);
--! append-only restore_drill

-- keys and erasure ----------------------------------------------------------------------------------

-- What happened to keys: `destroyed` (of one subject, with ground and legal reference), `rotated` (all data keys
-- wrapped under another master key), `search` (another key for keyed hashes), `dropped` (the file of a master key
-- that wraps nothing any more).
CREATE TABLE key_event (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject_kind TEXT, subject_id INTEGER, key_ring_id INTEGER,
  ground TEXT, cite TEXT, happened_on INTEGER NOT NULL, tx INTEGER NOT NULL
);
--! append-only key_event
CREATE UNIQUE INDEX key_event_subject ON key_event (subject_kind, subject_id);

-- The keyed hash of an erased person goes; that of everybody follows the key of hashes.
--! mutable person name, division, id_number_hash
--! append-only payment_account set-once superseded_tx, confirmed_by, confirmed_tx changing number_hash

-- A proposal to erase the record of a household, or of a person in none; a second person confirms or rejects it.
CREATE TABLE erasure (
  id INTEGER PRIMARY KEY, subject_kind TEXT NOT NULL, subject_id INTEGER NOT NULL,
  ground TEXT NOT NULL, cite TEXT NOT NULL, ended_on INTEGER, due_on INTEGER,
  proposed_by TEXT NOT NULL, proposed_on INTEGER NOT NULL, tx INTEGER NOT NULL,
  decided_by TEXT, decided_on INTEGER, decided_tx INTEGER, confirmed INTEGER
);
--! append-only erasure set-once decided_by, decided_on, decided_tx, confirmed
CREATE INDEX erasure_subject ON erasure (subject_kind, subject_id);
