-- Scanned evidence by content, and the local rules and plans that parameters rest on.

-- The scan itself, under a key of its own, so that it can be erased before the record of its subject.
CREATE TABLE attachment_content (
  id INTEGER PRIMARY KEY, subject_kind TEXT NOT NULL, subject_id INTEGER NOT NULL, content_hash BLOB NOT NULL,
  media_type TEXT NOT NULL, byte_count INTEGER NOT NULL, sealed BLOB NOT NULL, tx INTEGER NOT NULL,
  CHECK (byte_count > 0), UNIQUE (subject_kind, subject_id, content_hash)
);
--! append-only attachment_content
CREATE INDEX attachment_content_hash ON attachment_content (content_hash);

CREATE TABLE attachment (
  id INTEGER PRIMARY KEY, subject_kind TEXT NOT NULL, subject_id INTEGER NOT NULL, paper TEXT NOT NULL,
  content_id INTEGER NOT NULL REFERENCES attachment_content (id), file_name_sealed BLOB NOT NULL,
  dated_on INTEGER, received_on INTEGER NOT NULL, received_by TEXT NOT NULL, tx INTEGER NOT NULL,
  withdrawn_by TEXT, withdrawn_reason TEXT, withdrawn_tx INTEGER,
  CHECK (subject_kind IN ('person', 'household'))
);
--! append-only attachment set-once withdrawn_by, withdrawn_reason, withdrawn_tx
CREATE INDEX attachment_subject ON attachment (subject_kind, subject_id);

-- Who opened a scan, and why.
CREATE TABLE attachment_reading (
  id INTEGER PRIMARY KEY, attachment_id INTEGER NOT NULL REFERENCES attachment (id), read_by TEXT NOT NULL,
  reason TEXT NOT NULL, read_on INTEGER NOT NULL, tx INTEGER NOT NULL
);
--! append-only attachment_reading
CREATE INDEX attachment_reading_attachment ON attachment_reading (attachment_id);

-- A decision keeps the scans it rests on.
CREATE TABLE decision_attachment (
  id INTEGER PRIMARY KEY, decision_id INTEGER NOT NULL REFERENCES decision (id),
  attachment_id INTEGER NOT NULL REFERENCES attachment (id), tx INTEGER NOT NULL
);
--! append-only decision_attachment
CREATE INDEX decision_attachment_decision ON decision_attachment (decision_id);
CREATE INDEX decision_attachment_attachment ON decision_attachment (attachment_id);

-- Local rules, plans and reports. A new edition is a new row that names the one before it.
CREATE TABLE document (
  id INTEGER PRIMARY KEY, number TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, issuer TEXT NOT NULL,
  issued_on INTEGER NOT NULL, valid_from INTEGER NOT NULL, valid_to INTEGER, content TEXT NOT NULL,
  replaces_id INTEGER REFERENCES document (id), entered_by TEXT NOT NULL, tx INTEGER NOT NULL, replaced_tx INTEGER,
  CHECK (valid_to IS NULL OR valid_to > valid_from)
);
--! append-only document set-once replaced_tx
CREATE UNIQUE INDEX document_replaces ON document (replaces_id);
CREATE INDEX document_number ON document (number);

-- The values of parameters that rest on a document.
CREATE TABLE document_parameter (
  id INTEGER PRIMARY KEY, document_id INTEGER NOT NULL REFERENCES document (id), programme TEXT NOT NULL,
  parameter TEXT NOT NULL, value_from INTEGER NOT NULL, linked_by TEXT NOT NULL, tx INTEGER NOT NULL,
  withdrawn_tx INTEGER
);
--! append-only document_parameter set-once withdrawn_tx
CREATE INDEX document_parameter_parameter ON document_parameter (programme, parameter);
