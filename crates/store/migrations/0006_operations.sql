-- Retention, erasure and rotation of keys.

-- keeping a county ---------------------------------------------------------------------------------

CREATE TABLE restore_drill (
  id INTEGER PRIMARY KEY, file_name TEXT NOT NULL, copy_made_at TEXT, copy_tx INTEGER, copy_head TEXT,
  row_count INTEGER, outcome TEXT NOT NULL, reason TEXT, took_ms INTEGER NOT NULL,
  drilled_on INTEGER NOT NULL, drilled_by TEXT NOT NULL, tx INTEGER NOT NULL
);
--! append-only restore_drill
