# policy interview
help-policy-interview = Ask what can still change the answer of a programme, and say the answer; nothing is recorded
    .programme = Code of the programme
    .answer = An answer, as persons=2 or members.1.birth_date=1950-03-01; can be repeated. Others are read from standard input, one a line
    .acceptance = Day of acceptance; default today
    .month = Month of benefit, as 2021-05; default that of the acceptance
interview-flag = true | false
interview-date = a day, such as 1950-03-01
interview-fen = { $unit }, whole fen
interview-records = a JSON list of objects with { $fields }; [] when there are none
interview-none = when there is none
interview-open = The answers end here: nothing is decided yet.
interview-eligible = Entitled.
interview-refused = { $name }: { $problem }
interview-refused-outcome = Not entitled.
interview-undetermined = Not to be decided by what can be asked.
interview-total = In all { $total } yuan a month.
interview-left-open = Still open, and without effect on the answer: { $names }
interview-not-needed = Answered, and not needed: { $names }
interview-no-name = `{ $answer }` does not say which question it answers
interview-no-name-hint = write `--answer NAME=VALUE`, each name once, such as persons=2
interview-twice = `{ $name }` is answered twice
interview-unreadable = standard input cannot be read
interview-failed-hint = the rule named above gives no answer to these facts

# explain --issue, --receipt
receipt-written = { $file }: receipt { $hash }
receipt-proved-by-records = Proved by the records: { $programme }, { $month }, { $hash }
receipt-proved-by-pack = Proved by the pack: { $programme }, { $month }, { $hash }. That the facts are those of the records is proved with --db
receipt-not-proved = { $place }: not proved: { $what }
receipt-hint = the receipt was changed, or is not the one that was written; `minsheng explain --issue FILE` writes it anew
receipt-nothing = there is nothing to give a receipt for: no decision governs this month, or the record was erased
receipt-nothing-hint = `minsheng explain` without --issue says how the case stands
policy-audited = { $count } thing(s) to mend before the packs are published
policy-audited-hint = each line above names file, line and column; nothing was published, and the packs load as they are
