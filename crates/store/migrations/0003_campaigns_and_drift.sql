-- Campaigns, and the list of cases whose decision in force differs from what the law gives today.

-- drift ------------------------------------------------------------------------------------------

CREATE TABLE drift_run (
  id INTEGER PRIMARY KEY, ran_on INTEGER NOT NULL, known_tx INTEGER NOT NULL, pack_hash TEXT NOT NULL,
  cases INTEGER NOT NULL, households INTEGER NOT NULL, ran_by TEXT NOT NULL, tx INTEGER NOT NULL
);
--! append-only drift_run

CREATE TABLE drift_entry (
  id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES drift_run (id), case_id INTEGER REFERENCES case_file (id),
  household_id INTEGER NOT NULL REFERENCES household (id), division INTEGER NOT NULL, programme TEXT NOT NULL,
  kind TEXT NOT NULL, cause TEXT, month INTEGER NOT NULL, before_fen INTEGER NOT NULL, after_fen INTEGER,
  persons_before INTEGER NOT NULL, persons_after INTEGER, detail TEXT NOT NULL,
  result_hash BLOB NOT NULL, facts_hash BLOB NOT NULL, tx INTEGER NOT NULL,
  handled TEXT, handled_on INTEGER, handled_by TEXT, handled_tx INTEGER, reason_sealed BLOB,
  closed_run_id INTEGER, closed_on INTEGER, closed_why TEXT, closed_tx INTEGER
);
--! append-only drift_entry set-once handled, handled_on, handled_by, handled_tx, reason_sealed, closed_run_id, closed_on, closed_why, closed_tx
CREATE INDEX drift_entry_open ON drift_entry (closed_on, id);
CREATE INDEX drift_entry_household ON drift_entry (household_id);
