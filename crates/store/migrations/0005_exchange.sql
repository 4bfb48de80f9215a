-- Files that came in: what was read from which file, and saved mappings of columns; and who took which list out.

CREATE TABLE column_mapping (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL, saved_by TEXT NOT NULL, tx INTEGER NOT NULL
);
--! append-only column_mapping
CREATE INDEX column_mapping_name ON column_mapping (name);

CREATE TABLE roll_import (
  id INTEGER PRIMARY KEY, file_name TEXT NOT NULL, digest BLOB NOT NULL, mapping TEXT NOT NULL,
  snapshot_id INTEGER REFERENCES roll_snapshot (id), row_count INTEGER NOT NULL, household_count INTEGER NOT NULL,
  new_households INTEGER NOT NULL, new_persons INTEGER NOT NULL, unchanged INTEGER NOT NULL,
  changed INTEGER NOT NULL, bad_rows INTEGER NOT NULL,
  imported_by TEXT NOT NULL, imported_on INTEGER NOT NULL, division INTEGER NOT NULL, tx INTEGER NOT NULL
);
--! append-only roll_import
CREATE INDEX roll_import_digest ON roll_import (digest);

-- Which household of the register stands behind a household of a snapshot, and which person behind a person.
CREATE TABLE roll_snapshot_place (
  id INTEGER PRIMARY KEY, snapshot_household_id INTEGER NOT NULL REFERENCES roll_snapshot_household (id),
  household_id INTEGER NOT NULL REFERENCES household (id), tx INTEGER NOT NULL
);
--! append-only roll_snapshot_place
CREATE INDEX roll_snapshot_place_snapshot ON roll_snapshot_place (snapshot_household_id);
CREATE INDEX roll_snapshot_place_household ON roll_snapshot_place (household_id);

CREATE TABLE list_export (
  id INTEGER PRIMARY KEY, list TEXT NOT NULL, file_name TEXT NOT NULL, digest BLOB NOT NULL,
  row_count INTEGER NOT NULL, unmasked_for TEXT, exported_by TEXT NOT NULL, exported_on INTEGER NOT NULL, tx INTEGER NOT NULL
);
--! append-only list_export
