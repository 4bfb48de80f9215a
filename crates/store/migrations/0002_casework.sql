-- Casework in full: spot checks, service of decisions, remedies, reports, reviews by period.

-- up to the decision -----------------------------------------------------------------------------

CREATE TABLE near_relative (
  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file (id), household_id INTEGER NOT NULL REFERENCES household (id),
  person_id INTEGER NOT NULL REFERENCES person (id), staff TEXT NOT NULL, username TEXT, name_sealed BLOB, relation TEXT NOT NULL,
  registered_on INTEGER NOT NULL, tx INTEGER NOT NULL, ended_on INTEGER
);
--! append-only near_relative set-once ended_on
CREATE INDEX near_relative_person ON near_relative (person_id);
CREATE INDEX near_relative_case ON near_relative (case_id);
CREATE INDEX near_relative_username ON near_relative (username);

CREATE TABLE home_visit (
  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file (id), level TEXT NOT NULL, visited_on INTEGER NOT NULL,
  visitors TEXT NOT NULL, member_present INTEGER NOT NULL, finding_sealed BLOB NOT NULL, replaces_id INTEGER REFERENCES home_visit (id),
  tx INTEGER NOT NULL, superseded_on INTEGER
);
--! append-only home_visit set-once superseded_on
CREATE INDEX home_visit_case ON home_visit (case_id);

CREATE TABLE spot_check (
  id INTEGER PRIMARY KEY, programme TEXT NOT NULL, law TEXT NOT NULL, division INTEGER NOT NULL, from_day INTEGER NOT NULL,
  to_day INTEGER NOT NULL, seed TEXT NOT NULL, algorithm TEXT NOT NULL, percent INTEGER NOT NULL, cite TEXT NOT NULL, mark TEXT NOT NULL,
  population INTEGER NOT NULL, population_digest TEXT NOT NULL, quota INTEGER NOT NULL, drawn_on INTEGER NOT NULL, tx INTEGER NOT NULL
);
--! append-only spot_check
CREATE TABLE spot_check_case (
  id INTEGER PRIMARY KEY, spot_check_id INTEGER NOT NULL REFERENCES spot_check (id), case_id INTEGER NOT NULL REFERENCES case_file (id),
  flag TEXT, drawn INTEGER NOT NULL, tx INTEGER NOT NULL
);
--! append-only spot_check_case
CREATE INDEX spot_check_case_case ON spot_check_case (case_id);
CREATE INDEX spot_check_case_check ON spot_check_case (spot_check_id);

CREATE TABLE decision_service (
  id INTEGER PRIMARY KEY, decision_id INTEGER NOT NULL REFERENCES decision (id), case_id INTEGER NOT NULL REFERENCES case_file (id),
  way TEXT NOT NULL, served_on INTEGER NOT NULL, effective_on INTEGER NOT NULL, proof_sealed BLOB NOT NULL,
  replaces_id INTEGER REFERENCES decision_service (id), tx INTEGER NOT NULL, superseded_on INTEGER
);
--! append-only decision_service set-once superseded_on
CREATE INDEX decision_service_decision ON decision_service (decision_id);
CREATE INDEX decision_service_case ON decision_service (case_id);

-- After the decision: phase-outs, offers of jobs, moves, remedies, reports ----------------------

CREATE TABLE phase_out (
  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file (id),
  decision_id INTEGER NOT NULL REFERENCES decision (id), stop_decision_id INTEGER NOT NULL REFERENCES decision (id),
  last_month INTEGER NOT NULL, closed_on INTEGER, tx INTEGER NOT NULL
);
--! append-only phase_out set-once closed_on
CREATE INDEX phase_out_case ON phase_out (case_id);
CREATE INDEX phase_out_decision ON phase_out (decision_id);

CREATE TABLE job_offer (
  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file (id),
  person_id INTEGER NOT NULL REFERENCES person (id), offered_on INTEGER NOT NULL, work_sealed BLOB NOT NULL,
  suitable INTEGER NOT NULL, recorded_by TEXT NOT NULL,
  answer TEXT, answered_on INTEGER, good_reason INTEGER, reason_sealed BLOB, answer_by TEXT, tx INTEGER NOT NULL
);
--! append-only job_offer set-once answer, answered_on, good_reason, reason_sealed, answer_by
CREATE INDEX job_offer_person ON job_offer (person_id);
CREATE INDEX job_offer_case ON job_offer (case_id);

CREATE TABLE case_move (
  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file (id), household_id INTEGER NOT NULL REFERENCES household (id),
  from_division INTEGER NOT NULL, to_division INTEGER NOT NULL, moved_on INTEGER NOT NULL,
  sent_on INTEGER NOT NULL, sent_by TEXT NOT NULL, received_on INTEGER, received_by TEXT, tx INTEGER NOT NULL
);
--! append-only case_move set-once received_on, received_by
CREATE INDEX case_move_case ON case_move (case_id);

CREATE TABLE remedy_filing (
  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file (id),
  decision_id INTEGER NOT NULL REFERENCES decision (id), remedy TEXT NOT NULL, follows_id INTEGER, body TEXT NOT NULL,
  number TEXT NOT NULL, told_on INTEGER NOT NULL, filed_on INTEGER NOT NULL, last_day INTEGER NOT NULL,
  provisional INTEGER NOT NULL, late INTEGER NOT NULL, grounds_sealed BLOB, recorded_by TEXT NOT NULL,
  outcome TEXT, outcome_on INTEGER, outcome_sealed BLOB, outcome_by TEXT, reassessment_id INTEGER, tx INTEGER NOT NULL
);
--! append-only remedy_filing set-once outcome, outcome_on, outcome_sealed, outcome_by, reassessment_id
CREATE INDEX remedy_filing_case ON remedy_filing (case_id);
CREATE INDEX remedy_filing_decision ON remedy_filing (decision_id);

CREATE TABLE household_report (
  id INTEGER PRIMARY KEY, household_id INTEGER NOT NULL REFERENCES household (id), division INTEGER NOT NULL,
  received_on INTEGER NOT NULL, named INTEGER NOT NULL, reporter_sealed BLOB, statement_sealed BLOB NOT NULL,
  about_users TEXT NOT NULL, recorded_by TEXT NOT NULL, due_on INTEGER, provisional INTEGER,
  upheld INTEGER, checked_on INTEGER, checked_by TEXT, visited_on INTEGER, finding_sealed BLOB,
  answered_on INTEGER, answered_by TEXT, answer_sealed BLOB, tx INTEGER NOT NULL
);
--! append-only household_report set-once upheld, checked_on, checked_by, visited_on, finding_sealed, answered_on, answered_by, answer_sealed
CREATE INDEX household_report_household ON household_report (household_id);
