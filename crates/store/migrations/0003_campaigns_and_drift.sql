-- Campaigns, and the list of cases whose decision in force differs from what the law gives today.

-- campaigns --------------------------------------------------------------------------------------
CREATE TABLE campaign (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL UNIQUE, cut_off INTEGER NOT NULL, ends_on INTEGER NOT NULL,
  opened_on INTEGER NOT NULL, opened_by TEXT NOT NULL, pack_hash TEXT NOT NULL, plan_document TEXT,
  closed_on INTEGER, closed_by TEXT, closed_tx INTEGER, tx INTEGER NOT NULL
);
--! append-only campaign set-once closed_on, closed_by, closed_tx

CREATE TABLE campaign_target (
  id INTEGER PRIMARY KEY, campaign_id INTEGER NOT NULL REFERENCES campaign (id),
  subject_kind TEXT NOT NULL, subject_id INTEGER NOT NULL, household_id INTEGER, division INTEGER NOT NULL,
  programme TEXT, decision_id INTEGER, members INTEGER NOT NULL, amount_fen INTEGER NOT NULL, tx INTEGER NOT NULL,
  UNIQUE (campaign_id, subject_kind, subject_id)
);
--! append-only campaign_target
CREATE INDEX campaign_target_subject ON campaign_target (subject_kind, subject_id);

CREATE TABLE campaign_target_person (
  id INTEGER PRIMARY KEY, target_id INTEGER NOT NULL REFERENCES campaign_target (id), person_id INTEGER NOT NULL,
  amount_fen INTEGER NOT NULL, tx INTEGER NOT NULL
);
--! append-only campaign_target_person
CREATE INDEX campaign_target_person_target ON campaign_target_person (target_id);

CREATE TABLE campaign_act (
  id INTEGER PRIMARY KEY, target_id INTEGER NOT NULL REFERENCES campaign_target (id), kind TEXT NOT NULL, code TEXT NOT NULL,
  acted_on INTEGER NOT NULL, actor TEXT NOT NULL, detail TEXT NOT NULL, note_sealed BLOB, tx INTEGER NOT NULL,
  superseded_tx INTEGER, superseded_by TEXT, superseded_note_sealed BLOB,
  CHECK (kind IN ('step', 'ground'))
);
--! append-only campaign_act set-once superseded_tx, superseded_by, superseded_note_sealed
CREATE INDEX campaign_act_target ON campaign_act (target_id);

CREATE TABLE campaign_notice (
  id INTEGER PRIMARY KEY, campaign_id INTEGER NOT NULL REFERENCES campaign (id), step TEXT NOT NULL, division INTEGER NOT NULL,
  posted_on INTEGER NOT NULL, days INTEGER NOT NULL, posted_by TEXT NOT NULL, tx INTEGER NOT NULL
);
--! append-only campaign_notice
CREATE INDEX campaign_notice_campaign ON campaign_notice (campaign_id);

CREATE TABLE campaign_notice_line (
  id INTEGER PRIMARY KEY, notice_id INTEGER NOT NULL REFERENCES campaign_notice (id),
  act_id INTEGER NOT NULL REFERENCES campaign_act (id), target_id INTEGER NOT NULL REFERENCES campaign_target (id),
  members INTEGER NOT NULL, amount_fen INTEGER NOT NULL, tx INTEGER NOT NULL
);
--! append-only campaign_notice_line
CREATE INDEX campaign_notice_line_notice ON campaign_notice_line (notice_id);
CREATE INDEX campaign_notice_line_target ON campaign_notice_line (target_id);

CREATE TABLE campaign_objection (
  id INTEGER PRIMARY KEY, target_id INTEGER NOT NULL REFERENCES campaign_target (id),
  line_id INTEGER NOT NULL REFERENCES campaign_notice_line (id), statement_sealed BLOB NOT NULL, raised_on INTEGER NOT NULL,
  recorded_by TEXT NOT NULL, tx INTEGER NOT NULL,
  upheld INTEGER, examined TEXT, answer_sealed BLOB, answered_on INTEGER, answered_by TEXT, answered_tx INTEGER
);
--! append-only campaign_objection set-once upheld, examined, answer_sealed, answered_on, answered_by, answered_tx
CREATE INDEX campaign_objection_target ON campaign_objection (target_id);

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
