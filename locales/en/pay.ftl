# Payments: what the commands `pay` and `account` say beyond the first loop.
as-missing = these are the records of a county: say who reads them
as-missing-hint = add `--as USER`; the user's area decides what is shown
help-account-list = Accounts in force
    .unconfirmed = Only those that wait for a second user
column-holder = holder
column-entered-by = entered by
column-confirmed-by = confirmed by
line-withdrawn = Line { $line } was taken out: { $cause } ({ $reason })
state-withdrawal-death = a death became known
state-withdrawal-not_entitled = the entitlement was lowered or ended
state-withdrawal-paid_elsewhere = another case pays
state-withdrawal-payee = another payee
state-withdrawal-account = the account no longer stands
state-taken-out = taken out
