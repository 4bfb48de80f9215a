-- Payments as a bureau needs them: the history of a batch, lines taken out before release, the names that a bank
-- file was made with, statements of account, repayments that lost their claim, plans and set-off, other payees.

CREATE TABLE payment_batch_step (
  id INTEGER PRIMARY KEY, batch_id INTEGER NOT NULL REFERENCES payment_batch (id), state TEXT NOT NULL,
  line_count INTEGER NOT NULL, total_fen INTEGER NOT NULL, lines_digest BLOB NOT NULL,
  acted_by TEXT NOT NULL, acted_on INTEGER NOT NULL, tx INTEGER NOT NULL
);
--! append-only payment_batch_step
CREATE INDEX payment_batch_step_batch ON payment_batch_step (batch_id);

CREATE TABLE payment_withdrawal (
  id INTEGER PRIMARY KEY, batch_id INTEGER NOT NULL REFERENCES payment_batch (id),
  line_id INTEGER NOT NULL UNIQUE REFERENCES payment_line (id), cause TEXT NOT NULL, reason TEXT NOT NULL,
  withdrawn_by TEXT NOT NULL, withdrawn_on INTEGER NOT NULL, tx INTEGER NOT NULL
);
--! append-only payment_withdrawal
CREATE INDEX payment_withdrawal_batch ON payment_withdrawal (batch_id);

CREATE TABLE payment_line_holder (
  id INTEGER PRIMARY KEY, line_id INTEGER NOT NULL UNIQUE REFERENCES payment_line (id), holder_id INTEGER NOT NULL,
  name_sealed BLOB NOT NULL, tx INTEGER NOT NULL
);
--! append-only payment_line_holder

CREATE TABLE bank_statement (
  id INTEGER PRIMARY KEY, batch_id INTEGER NOT NULL REFERENCES payment_batch (id), document TEXT NOT NULL,
  credited_fen INTEGER NOT NULL, returned_fen INTEGER NOT NULL, stated_on INTEGER NOT NULL, entered_by TEXT NOT NULL,
  tx INTEGER NOT NULL,
  CHECK (credited_fen >= 0), CHECK (returned_fen >= 0)
);
--! append-only bank_statement
CREATE INDEX bank_statement_batch ON bank_statement (batch_id);

CREATE TABLE recovery_event_closing (
  id INTEGER PRIMARY KEY, event_id INTEGER NOT NULL REFERENCES recovery_event (id),
  to_recovery_id INTEGER REFERENCES recovery (id), refund_fen INTEGER, assigned_fen INTEGER, document TEXT NOT NULL,
  entered_by TEXT NOT NULL, entered_on INTEGER NOT NULL, tx INTEGER NOT NULL, confirmed_by TEXT, confirmed_tx INTEGER,
  assigned_event_id INTEGER
);
--! append-only recovery_event_closing set-once refund_fen, assigned_fen, confirmed_by, confirmed_tx, assigned_event_id
CREATE INDEX recovery_event_closing_event ON recovery_event_closing (event_id);

CREATE TABLE recovery_plan (
  id INTEGER PRIMARY KEY, recovery_id INTEGER NOT NULL REFERENCES recovery (id), way TEXT NOT NULL,
  monthly_fen INTEGER NOT NULL, first_month INTEGER NOT NULL, document TEXT NOT NULL, entered_by TEXT NOT NULL,
  entered_on INTEGER NOT NULL, tx INTEGER NOT NULL, confirmed_by TEXT, confirmed_tx INTEGER,
  stopped_by TEXT, stop_document TEXT, stopped_tx INTEGER,
  CHECK (monthly_fen > 0)
);
--! append-only recovery_plan set-once confirmed_by, confirmed_tx, stopped_by, stop_document, stopped_tx
CREATE INDEX recovery_plan_recovery ON recovery_plan (recovery_id);

CREATE TABLE payment_set_off (
  id INTEGER PRIMARY KEY, line_id INTEGER NOT NULL REFERENCES payment_line (id),
  plan_id INTEGER NOT NULL REFERENCES recovery_plan (id), recovery_item_id INTEGER NOT NULL REFERENCES recovery_item (id),
  fund_source TEXT NOT NULL, amount_fen INTEGER NOT NULL, tx INTEGER NOT NULL,
  CHECK (amount_fen > 0)
);
--! append-only payment_set_off
CREATE INDEX payment_set_off_line ON payment_set_off (line_id);
CREATE INDEX payment_set_off_item ON payment_set_off (recovery_item_id);

CREATE TABLE other_payee (
  id INTEGER PRIMARY KEY, household_id INTEGER NOT NULL REFERENCES household (id),
  payee_id INTEGER NOT NULL REFERENCES person (id), kind TEXT NOT NULL, document TEXT NOT NULL,
  valid_from INTEGER NOT NULL, entered_by TEXT NOT NULL, tx INTEGER NOT NULL,
  confirmed_by TEXT, confirmed_tx INTEGER, ended_by TEXT, end_document TEXT, ended_tx INTEGER
);
--! append-only other_payee set-once confirmed_by, confirmed_tx, ended_by, end_document, ended_tx
CREATE INDEX other_payee_household ON other_payee (household_id);
