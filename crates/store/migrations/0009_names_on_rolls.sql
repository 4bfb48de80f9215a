-- A roll that was taken over is a document, but the names on it go with the record of their household.
--! append-only roll_snapshot_person changing name
CREATE INDEX roll_snapshot_person_household ON roll_snapshot_person (snapshot_household_id);

-- What is looked up for each account that is entered and for each scan that is handed in.
CREATE INDEX payment_account_number ON payment_account (number_hash);
CREATE INDEX attachment_of_content ON attachment (content_id);
