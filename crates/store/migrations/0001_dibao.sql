-- The records of the first loop. One text for both engines: INTEGER is 64 bit, BLOB is bytes, dates are
-- days since 1970-01-01, months are year * 12 + month - 1, recorded time is a transaction number (tx).
-- Lines that begin with `--!` are read by the migration runner, which makes the guards of each engine:
--   --! append-only TABLE [set-once COLUMN, ...]      no delete; the named columns go from NULL to a value, once
--   --! mutable TABLE COLUMN, ...                     no delete; the named columns may change (every change audited)
--   --! no-overlap TABLE KEY, ... [where COLUMN IS NULL ...]   valid_from..valid_to may not overlap per key among current rows
--   --! exempt TABLE reason                           not covered by the chain, with the reason verify prints

CREATE TABLE txn (
  id INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL
);
--! append-only txn
CREATE INDEX txn_at ON txn (at_us, id);

CREATE TABLE audit_row (
  id INTEGER PRIMARY KEY, tx INTEGER NOT NULL, table_name TEXT NOT NULL, op TEXT NOT NULL,
  row_count INTEGER NOT NULL, row_ids BLOB NOT NULL, row_digests BLOB NOT NULL,
  previous_hash BLOB NOT NULL, hash BLOB NOT NULL
);
--! append-only audit_row

CREATE TABLE audit_head (
  id INTEGER PRIMARY KEY, audit_id INTEGER NOT NULL, tx INTEGER NOT NULL, hash BLOB NOT NULL
);
--! exempt audit_head it is the end of the chain and is compared with the chain itself

CREATE TABLE schema_migration (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, digest BLOB NOT NULL, tx INTEGER NOT NULL
);
--! append-only schema_migration

CREATE TABLE key_ring (
  id INTEGER PRIMARY KEY, key_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, tx INTEGER NOT NULL
);
--! append-only key_ring

CREATE TABLE subject_key (
  id INTEGER PRIMARY KEY, subject_kind TEXT NOT NULL, subject_id INTEGER NOT NULL,
  key_ring_id INTEGER NOT NULL, wrapped BLOB, tx INTEGER NOT NULL,
  UNIQUE (subject_kind, subject_id)
);
--! mutable subject_key key_ring_id, wrapped

CREATE TABLE pack_published (
  id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, authority TEXT NOT NULL, language INTEGER NOT NULL,
  sources TEXT NOT NULL, tx INTEGER NOT NULL
);
--! append-only pack_published

CREATE TABLE setting (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, value TEXT NOT NULL, tx INTEGER NOT NULL
);
--! mutable setting value

CREATE TABLE app_user (
  id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL,
  roles TEXT NOT NULL, division INTEGER NOT NULL, active INTEGER NOT NULL, tx INTEGER NOT NULL
);
--! mutable app_user display_name, roles, division, active

CREATE TABLE division (
  id INTEGER PRIMARY KEY, code INTEGER NOT NULL, level TEXT NOT NULL, name TEXT NOT NULL,
  valid_from INTEGER NOT NULL, valid_to INTEGER, tx INTEGER NOT NULL
);
--! append-only division set-once valid_to

-- registry ---------------------------------------------------------------------------------------

CREATE TABLE person (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, sex TEXT NOT NULL, birth_date INTEGER NOT NULL,
  id_number_sealed BLOB, id_number_hash BLOB UNIQUE, division INTEGER NOT NULL, tx INTEGER NOT NULL
);
--! mutable person name, division
CREATE INDEX person_division ON person (division);

CREATE TABLE household (
  id INTEGER PRIMARY KEY, division INTEGER NOT NULL, tx INTEGER NOT NULL
);
--! mutable household division
CREATE INDEX household_division ON household (division);

CREATE TABLE membership (
  id INTEGER PRIMARY KEY, household_id INTEGER NOT NULL REFERENCES household (id),
  person_id INTEGER NOT NULL REFERENCES person (id), relation TEXT NOT NULL,
  valid_from INTEGER NOT NULL, valid_to INTEGER, tx INTEGER NOT NULL, superseded_tx INTEGER,
  CHECK (valid_to IS NULL OR valid_to > valid_from)
);
--! append-only membership set-once superseded_tx
--! no-overlap membership person_id
CREATE INDEX membership_household ON membership (household_id);
CREATE INDEX membership_person ON membership (person_id);

CREATE TABLE evidence (
  id INTEGER PRIMARY KEY, subject_kind TEXT NOT NULL, subject_id INTEGER NOT NULL,
  kind TEXT NOT NULL, slot TEXT NOT NULL, code TEXT, quantity INTEGER, amount_fen INTEGER, sealed BLOB,
  valid_from INTEGER NOT NULL, valid_to INTEGER, source TEXT NOT NULL, tx INTEGER NOT NULL, superseded_tx INTEGER,
  CHECK (subject_kind IN ('person', 'household')), CHECK (valid_to IS NULL OR valid_to > valid_from)
);
--! append-only evidence set-once superseded_tx
--! no-overlap evidence subject_kind, subject_id, kind, slot
CREATE INDEX evidence_subject ON evidence (subject_kind, subject_id, kind, slot);

CREATE TABLE payment_account (
  id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person (id), purpose TEXT NOT NULL,
  holder_id INTEGER NOT NULL REFERENCES person (id),
  number_sealed BLOB NOT NULL, number_hash BLOB NOT NULL, entered_by TEXT NOT NULL,
  valid_from INTEGER NOT NULL, valid_to INTEGER, tx INTEGER NOT NULL, superseded_tx INTEGER,
  confirmed_by TEXT, confirmed_tx INTEGER,
  CHECK (valid_to IS NULL OR valid_to > valid_from)
);
--! append-only payment_account set-once superseded_tx, confirmed_by, confirmed_tx
--! no-overlap payment_account person_id, purpose
CREATE INDEX payment_account_person ON payment_account (person_id);

CREATE TABLE roll_snapshot (
  id INTEGER PRIMARY KEY, label TEXT NOT NULL, programme TEXT NOT NULL, taken_on INTEGER NOT NULL,
  source TEXT NOT NULL, tx INTEGER NOT NULL
);
--! append-only roll_snapshot
CREATE TABLE roll_snapshot_household (
  id INTEGER PRIMARY KEY, snapshot_id INTEGER NOT NULL REFERENCES roll_snapshot (id),
  household_no TEXT NOT NULL, division INTEGER NOT NULL, tx INTEGER NOT NULL
);
--! append-only roll_snapshot_household
CREATE TABLE roll_snapshot_person (
  id INTEGER PRIMARY KEY, snapshot_household_id INTEGER NOT NULL REFERENCES roll_snapshot_household (id),
  name TEXT NOT NULL, relation TEXT NOT NULL, tx INTEGER NOT NULL
);
--! append-only roll_snapshot_person

-- assistance -------------------------------------------------------------------------------------

CREATE TABLE case_file (
  id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, programme TEXT NOT NULL,
  household_id INTEGER NOT NULL REFERENCES household (id), applicant_id INTEGER NOT NULL REFERENCES person (id),
  single INTEGER NOT NULL, division INTEGER NOT NULL, state TEXT NOT NULL, law TEXT,
  applied_on INTEGER NOT NULL, accepted_on INTEGER, filed_by TEXT NOT NULL, pack_hash TEXT NOT NULL, tx INTEGER NOT NULL
);
--! mutable case_file state, law, accepted_on, division, pack_hash
CREATE INDEX case_file_household ON case_file (household_id);
CREATE INDEX case_file_state ON case_file (state, division);
CREATE INDEX case_file_applicant ON case_file (applicant_id);

CREATE TABLE case_step (
  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file (id), step TEXT NOT NULL,
  from_state TEXT NOT NULL, to_state TEXT NOT NULL, actor TEXT NOT NULL, acted_on INTEGER NOT NULL,
  due_on INTEGER, due_provisional INTEGER, detail TEXT NOT NULL, note_sealed BLOB, tx INTEGER NOT NULL
);
--! append-only case_step
CREATE INDEX case_step_case ON case_step (case_id);

CREATE TABLE case_clock (
  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file (id), clock TEXT NOT NULL, kind TEXT NOT NULL,
  started_on INTEGER NOT NULL, due_on INTEGER NOT NULL, provisional INTEGER NOT NULL,
  met_on INTEGER, tx INTEGER NOT NULL
);
--! mutable case_clock due_on, provisional, met_on
CREATE INDEX case_clock_case ON case_clock (case_id);
CREATE INDEX case_clock_due ON case_clock (met_on, due_on);

CREATE TABLE cross_check (
  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file (id), source TEXT NOT NULL,
  requested_on INTEGER NOT NULL, answered_on INTEGER, finding_sealed BLOB, tx INTEGER NOT NULL
);
--! append-only cross_check set-once answered_on, finding_sealed
CREATE INDEX cross_check_case ON cross_check (case_id);

CREATE TABLE determination (
  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file (id), purpose TEXT NOT NULL,
  known_tx INTEGER NOT NULL, evidence_on INTEGER NOT NULL, acceptance_on INTEGER NOT NULL, month INTEGER NOT NULL,
  pack_hash TEXT NOT NULL, facts_sealed BLOB NOT NULL, outcome TEXT NOT NULL, result TEXT NOT NULL,
  total_fen INTEGER, tx INTEGER NOT NULL
);
--! append-only determination
CREATE INDEX determination_case ON determination (case_id);

CREATE TABLE decision (
  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file (id),
  determination_id INTEGER REFERENCES determination (id), kind TEXT NOT NULL, effective_month INTEGER NOT NULL,
  decided_on INTEGER NOT NULL, decided_by TEXT NOT NULL, proposed_by TEXT NOT NULL, reason_code TEXT, reason TEXT,
  cite TEXT, tx INTEGER NOT NULL
);
--! append-only decision
CREATE INDEX decision_case ON decision (case_id);

CREATE TABLE decision_person (
  id INTEGER PRIMARY KEY, decision_id INTEGER NOT NULL REFERENCES decision (id),
  case_id INTEGER NOT NULL REFERENCES case_file (id), person_id INTEGER NOT NULL REFERENCES person (id), tx INTEGER NOT NULL
);
--! append-only decision_person
CREATE INDEX decision_person_person ON decision_person (person_id);
CREATE INDEX decision_person_decision ON decision_person (decision_id);

CREATE TABLE public_notice (
  id INTEGER PRIMARY KEY, division INTEGER NOT NULL, stage TEXT NOT NULL, posted_on INTEGER NOT NULL,
  first_day INTEGER NOT NULL, last_day INTEGER NOT NULL, forward_from INTEGER NOT NULL, provisional INTEGER NOT NULL,
  posted_by TEXT NOT NULL, tx INTEGER NOT NULL
);
--! mutable public_notice forward_from, provisional
CREATE TABLE public_notice_case (
  id INTEGER PRIMARY KEY, notice_id INTEGER NOT NULL REFERENCES public_notice (id),
  case_id INTEGER NOT NULL REFERENCES case_file (id), tx INTEGER NOT NULL
);
--! append-only public_notice_case
CREATE INDEX public_notice_case_case ON public_notice_case (case_id);
CREATE INDEX public_notice_case_notice ON public_notice_case (notice_id);

CREATE TABLE objection (
  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file (id), notice_id INTEGER NOT NULL,
  statement_sealed BLOB NOT NULL, raised_on INTEGER NOT NULL,
  upheld INTEGER, resolution_sealed BLOB, resolved_on INTEGER, tx INTEGER NOT NULL
);
--! append-only objection set-once upheld, resolution_sealed, resolved_on
CREATE INDEX objection_case ON objection (case_id);

CREATE TABLE reassessment (
  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file (id), cause TEXT NOT NULL,
  opened_on INTEGER NOT NULL, closed_on INTEGER, decision_id INTEGER, tx INTEGER NOT NULL
);
--! append-only reassessment set-once closed_on, decision_id
CREATE INDEX reassessment_case ON reassessment (case_id);

-- payments and ledger ----------------------------------------------------------------------------

CREATE TABLE ledger_account (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, fund_source TEXT, programme TEXT, tx INTEGER NOT NULL
);
--! append-only ledger_account

CREATE TABLE ledger_entry (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, pending_id INTEGER, debit_account_id INTEGER NOT NULL REFERENCES ledger_account (id),
  credit_account_id INTEGER NOT NULL REFERENCES ledger_account (id), amount_fen INTEGER NOT NULL,
  document_kind TEXT NOT NULL, document_id INTEGER NOT NULL, booked_on INTEGER NOT NULL, tx INTEGER NOT NULL,
  CHECK (amount_fen > 0), CHECK (debit_account_id <> credit_account_id)
);
--! append-only ledger_entry
CREATE UNIQUE INDEX ledger_entry_pending ON ledger_entry (pending_id);
CREATE INDEX ledger_entry_document ON ledger_entry (document_kind, document_id);

CREATE TABLE appropriation (
  id INTEGER PRIMARY KEY, fund_source TEXT NOT NULL, amount_fen INTEGER NOT NULL, document TEXT NOT NULL,
  received_on INTEGER NOT NULL, entered_by TEXT NOT NULL, tx INTEGER NOT NULL, confirmed_by TEXT, confirmed_tx INTEGER,
  CHECK (amount_fen > 0)
);
--! append-only appropriation set-once confirmed_by, confirmed_tx

CREATE TABLE payment_run (
  id INTEGER PRIMARY KEY, month INTEGER NOT NULL, known_tx INTEGER NOT NULL, ran_on INTEGER NOT NULL,
  pack_hash TEXT NOT NULL, made_by TEXT NOT NULL, tx INTEGER NOT NULL
);
--! append-only payment_run

CREATE TABLE payment_batch (
  id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES payment_run (id), number TEXT NOT NULL UNIQUE,
  month INTEGER NOT NULL, state TEXT NOT NULL, frozen_on INTEGER NOT NULL, made_by TEXT NOT NULL,
  line_count INTEGER NOT NULL, total_fen INTEGER NOT NULL, lines_digest BLOB NOT NULL,
  checked_by TEXT, released_by TEXT, exported_by TEXT, settled_by TEXT,
  checked_on INTEGER, released_on INTEGER, exported_on INTEGER, settled_on INTEGER, reject_reason TEXT,
  bank_file_name TEXT, bank_file_digest BLOB, result_file_digest BLOB, tx INTEGER NOT NULL
);
--! mutable payment_batch state, checked_by, released_by, exported_by, settled_by, checked_on, released_on, exported_on, settled_on, reject_reason, bank_file_name, bank_file_digest, result_file_digest

CREATE TABLE entitlement (
  id INTEGER PRIMARY KEY, programme TEXT NOT NULL, person_id INTEGER NOT NULL, month INTEGER NOT NULL,
  household_id INTEGER NOT NULL, division INTEGER NOT NULL, case_id INTEGER NOT NULL, decision_id INTEGER NOT NULL,
  class TEXT NOT NULL, amount_fen INTEGER NOT NULL, run_id INTEGER NOT NULL REFERENCES payment_run (id),
  tx INTEGER NOT NULL, superseded_tx INTEGER,
  CHECK (amount_fen > 0)
);
--! append-only entitlement set-once superseded_tx
CREATE INDEX entitlement_key ON entitlement (person_id, month, programme);
CREATE INDEX entitlement_month ON entitlement (month);
CREATE INDEX entitlement_household ON entitlement (household_id, month);

CREATE TABLE payment_hold (
  id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES payment_run (id), programme TEXT NOT NULL,
  household_id INTEGER NOT NULL, payee_id INTEGER, division INTEGER NOT NULL, first_month INTEGER NOT NULL,
  last_month INTEGER NOT NULL, amount_fen INTEGER NOT NULL, cause TEXT NOT NULL, reason TEXT NOT NULL,
  held_on INTEGER NOT NULL, tx INTEGER NOT NULL, lifted_tx INTEGER
);
--! append-only payment_hold set-once lifted_tx
CREATE INDEX payment_hold_household ON payment_hold (household_id);

CREATE TABLE payment_line (
  id INTEGER PRIMARY KEY, batch_id INTEGER NOT NULL REFERENCES payment_batch (id), line_no INTEGER NOT NULL,
  programme TEXT NOT NULL, household_id INTEGER NOT NULL, payee_id INTEGER NOT NULL,
  account_id INTEGER NOT NULL REFERENCES payment_account (id), holder_id INTEGER NOT NULL, division INTEGER NOT NULL,
  amount_fen INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT, settled_on INTEGER, settled_tx INTEGER, tx INTEGER NOT NULL,
  UNIQUE (batch_id, line_no), CHECK (amount_fen > 0)
);
--! mutable payment_line state, reason, settled_on, settled_tx
CREATE INDEX payment_line_household ON payment_line (household_id);
CREATE INDEX payment_line_account ON payment_line (account_id);

CREATE TABLE payment_item (
  id INTEGER PRIMARY KEY, line_id INTEGER NOT NULL REFERENCES payment_line (id), batch_id INTEGER NOT NULL,
  programme TEXT NOT NULL, person_id INTEGER NOT NULL, month INTEGER NOT NULL, case_id INTEGER NOT NULL,
  entitlement_id INTEGER NOT NULL REFERENCES entitlement (id), class TEXT NOT NULL, amount_fen INTEGER NOT NULL, tx INTEGER NOT NULL,
  CHECK (amount_fen > 0)
);
--! append-only payment_item
CREATE INDEX payment_item_key ON payment_item (person_id, month, programme);
CREATE INDEX payment_item_line ON payment_item (line_id);

CREATE TABLE recovery (
  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL, programme TEXT NOT NULL, household_id INTEGER NOT NULL,
  division INTEGER NOT NULL, cause TEXT NOT NULL, amount_fen INTEGER NOT NULL, opened_on INTEGER NOT NULL,
  state TEXT NOT NULL, tx INTEGER NOT NULL,
  CHECK (amount_fen > 0)
);
--! mutable recovery state
CREATE INDEX recovery_household ON recovery (household_id);
CREATE TABLE recovery_item (
  id INTEGER PRIMARY KEY, recovery_id INTEGER NOT NULL REFERENCES recovery (id),
  payment_item_id INTEGER NOT NULL REFERENCES payment_item (id), programme TEXT NOT NULL,
  person_id INTEGER NOT NULL, month INTEGER NOT NULL, class TEXT NOT NULL, fund_source TEXT NOT NULL,
  amount_fen INTEGER NOT NULL, tx INTEGER NOT NULL,
  CHECK (amount_fen > 0)
);
--! append-only recovery_item
CREATE INDEX recovery_item_key ON recovery_item (person_id, month, programme);
CREATE INDEX recovery_item_recovery ON recovery_item (recovery_id);
CREATE INDEX recovery_item_payment ON recovery_item (payment_item_id);
CREATE TABLE recovery_event (
  id INTEGER PRIMARY KEY, recovery_id INTEGER NOT NULL REFERENCES recovery (id), kind TEXT NOT NULL,
  amount_fen INTEGER NOT NULL, happened_on INTEGER NOT NULL, document TEXT NOT NULL, entered_by TEXT NOT NULL,
  tx INTEGER NOT NULL, confirmed_by TEXT, confirmed_tx INTEGER,
  CHECK (amount_fen > 0)
);
--! append-only recovery_event set-once confirmed_by, confirmed_tx
CREATE INDEX recovery_event_recovery ON recovery_event (recovery_id);
CREATE TABLE recovery_event_item (
  id INTEGER PRIMARY KEY, event_id INTEGER NOT NULL REFERENCES recovery_event (id),
  recovery_item_id INTEGER NOT NULL REFERENCES recovery_item (id), amount_fen INTEGER NOT NULL, tx INTEGER NOT NULL,
  CHECK (amount_fen > 0)
);
--! append-only recovery_event_item
CREATE INDEX recovery_event_item_item ON recovery_event_item (recovery_item_id);
CREATE INDEX recovery_event_item_event ON recovery_event_item (event_id);
