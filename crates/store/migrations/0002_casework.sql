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

-- after the decision -----------------------------------------------------------------------------
