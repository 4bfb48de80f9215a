-- Payments as a bureau needs them: the history of a batch, lines taken out before release, and the names that a
-- bank file was made with.

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
