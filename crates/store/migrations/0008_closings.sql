-- Repayments that nobody confirmed before their claim was withdrawn or given up: what other claims they are assigned
-- to, and what goes back to who paid it.

CREATE TABLE repayment_closing (
  id INTEGER PRIMARY KEY, event_id INTEGER NOT NULL UNIQUE REFERENCES recovery_event (id), document TEXT NOT NULL,
  entered_by TEXT NOT NULL, entered_on INTEGER NOT NULL, tx INTEGER NOT NULL,
  confirmed_by TEXT, confirmed_tx INTEGER, assigned_fen INTEGER, refund_fen INTEGER
);
--! append-only repayment_closing set-once confirmed_by, confirmed_tx, assigned_fen, refund_fen

CREATE TABLE repayment_closing_part (
  id INTEGER PRIMARY KEY, closing_id INTEGER NOT NULL REFERENCES repayment_closing (id),
  event_id INTEGER NOT NULL UNIQUE REFERENCES recovery_event (id), amount_fen INTEGER NOT NULL, tx INTEGER NOT NULL,
  CHECK (amount_fen > 0)
);
--! append-only repayment_closing_part
CREATE INDEX repayment_closing_part_closing ON repayment_closing_part (closing_id);
