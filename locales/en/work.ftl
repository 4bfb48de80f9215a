# case
case-unknown = there is no case `{ $case }`
case-unknown-hint = `minsheng case list` shows the cases; name one as C000123 or by its number
case-now = { $case }  { $number }  { $state }
case-about = { $programme }, household { $household }, applicant { $applicant }, applied on { $applied }, law { $law }
case-opinion = { $case }: opinion to { $opinion }
case-decided = { $case }: decision { $decision }: { $kind }, from { $month }
case-total = total { $total } yuan for { $month }
opinion-admit = admit
opinion-refuse = refuse
decision-grant = granted
decision-refuse = refused
decision-adjust = adjusted
decision-keep = kept as it was
decision-stop = stopped
notice-posted = notice { $notice }: runs { $first } to { $last }; the cases may go on from { $forward }
notice-title = Public notice, { $first } to { $last }
notice-unknown = there is no notice { $notice } in this area
notice-unknown-hint = its number was printed when it was posted
cause-unknown = `{ $cause }` is no cause of a review
cause-unknown-hint = one of { $known }
word-late = late

# pay
batch-now = { $batch }: { $state }, { $lines } line(s), { $total } yuan
batch-exported = bank file { $file }
batch-settled = credited: { $credited } line(s), { $creditedsum } yuan; returned: { $returned } line(s), { $returnedsum } yuan
run-report = { $month }: { $changed } entitlement(s) new or other than before
run-recoveries = { $count } recoveries opened: `minsheng pay recoveries`
run-held = { $count } households are held back: `minsheng pay held` says why
run-nothing = nothing is due; no batch was made
folder-unmakeable = cannot make or clear the folder { $folder }
settlement-entered = entry { $event } for recovery { $recovery }; it counts after a checker has confirmed it: `minsheng pay confirm recovery { $event }`
appropriation-entered = appropriation { $appropriation }; it is money after a checker has confirmed it: `minsheng pay confirm appropriation { $appropriation }`
closing-entered = closing { $closing } of repayment { $event }; it counts after a checker has confirmed it: `minsheng pay confirm closing { $closing }`
closing-assigned = { $amount } yuan are assigned to recovery { $recovery }
closing-refund = { $amount } yuan go back to who paid them
entry-confirmed = entry { $entry } confirmed
state-frozen = frozen
state-checked = checked
state-released = released
state-exported = exported
state-settled = settled
state-rejected = rejected
state-open = open
state-credited = credited
state-returned = returned
state-cancelled = cancelled
state-repaid = repaid
state-written_off = written off
state-withdrawn = withdrawn

# explain
explain-title = { $household }  { $month }
explain-known = As known at { $at } (transaction { $tx })
explain-case = { $programme }  { $case }  law { $law }: { $outcome }
explain-decision = Decision { $decision } ({ $kind }) of { $day } by { $by }, in force from { $month }
explain-death = share ended by death on { $day }
explain-total = Total { $total } yuan
explain-trace = How it was determined:
explain-entitled = Entitled, as the payment run stored it:
explain-not-entitled = nothing
explain-paid = Paid:
explain-not-paid = nothing
explain-paid-total = Credited by the bank: { $total } yuan
state-outcome-entitled = entitled
state-outcome-ended = ended
state-outcome-refused = refused
state-outcome-stopped = stopped
state-outcome-not-yet = granted, but only from a later month
state-outcome-undecided = not decided yet
state-outcome-no-case = no case

# verify
verify-clean = clean
verify-not-clean = NOT CLEAN
verify-records = Records: { $tables } tables, { $rows } rows, { $transactions } transactions: { $verdict }
verify-books = Books of payment, entitlements and determinations derived again: { $verdict }
verify-head = The chain ends at transaction { $tx } with { $hash }; keep this line outside of the database
verify-exempt = Not covered: { $table } ({ $reason })
verify-exempt-audit-head = it is the end of the chain and is compared with the chain itself
verify-unproven = could not be proven: { $reason }
verify-failed = { $count } finding(s)
verify-failed-hint = nothing was changed; each line above names table and row. Compare with a backup and find out who had access to the database
word-differs = NO

# demo
stage-plan = Drawing the county from its seed
stage-month = Running { $month }
stage-yearbook = Making the yearbook
demo-exists-hint = `--force` starts anew and removes it; `--dir` or `--db` takes another place
demo-people = { $persons } persons in { $households } households, { $applications } applications
demo-cases = { $refusals } refused, { $withdrawn } withdrawn, { $objections } objections, { $deaths } deaths, { $entries } entries and { $stopped } stops in the year
demo-payments = { $batches } payment batches, { $credited } credits, { $returned } returned by the bank, { $recoveries } recoveries
demo-time = { $seconds } s for { $url }, seed { $seed }
demo-agrees = Every figure agrees with the published one.
demo-disagrees = Not every figure agrees with the published one.
demo-differs = these figures differ from the published ones: { $ids }
demo-differs-changed = the county was changed with --change, so they are expected to; without it they agree
demo-differs-hint = `minsheng figure ID` opens each to its records
demo-next =
    Next:
      minsheng figure A18 --db { $url }
      minsheng explain --household H000001 --month { $year }-05 --db { $url }
      minsheng case list --db { $url }
      minsheng pay list --db { $url }
      minsheng verify --db { $url }

# column headings
column-class = class
column-village = village
column-members = members
column-day = day
column-step = step
column-state = state
column-due = due
column-late = late
column-case = case
column-number = number
column-household = household
column-applicant = applicant
column-applied = applied
column-clock = term
column-batch = batch
column-month = month
column-months = months
column-term-months = months
column-lines = lines
column-line = line
column-made-by = made by
column-checked-by = checked by
column-released-by = released by
column-payee = payee
column-reason = reason
column-cause = cause
column-recovery = recovery
column-repaid = repaid
column-open = open
column-fund = fund
column-posted = posted
column-reserved = reserved
column-available = available
column-note = note
column-figure = figure
column-value = value
column-published = published
column-unit = unit
column-agrees = agrees
column-records = records
