# The nightly comparison of the decisions in force with what the law gives today.
help-drift = What the law gives today beside the decisions in force: the work list of dynamic management
    .record = Keep the list of this night; needs --as
    .on = Day whose law is asked and whose facts are true; today if not given
    .after-help = Without a subcommand it computes and prints, and writes nothing.
      minsheng drift --db URL
      minsheng drift --db URL --record --as officer-1
      minsheng drift work-off 12 13 --db URL --as clerk-lucheng-1
help-drift-list = The list that is kept: what is waiting, under review, or dismissed
    .state = Only those in one state: waiting, review, dismissed or cleared
help-drift-work-off = Open a review for entries, each for its own cause
    .entries = Numbers of entries
    .all = All of the area that wait and concern a case
help-drift-dismiss = Do nothing about entries, with a reason that holds until the facts change
    .entries = Numbers of entries
    .reason = Why nothing is to be done

drift-would-stop = stops
drift-would-lower = less
drift-would-raise = more
drift-members-differ = other persons
drift-undetermined = evidence missing
drift-served-twice = served twice
drift-may-qualify = may qualify
drift-erased = erased
drift-alone = applying alone: { $persons }
drift-state-waiting = waiting
drift-state-review = review opened
drift-state-dismissed = dismissed
drift-state-cleared = cleared
drift-cleared-decided = (decided)
drift-cleared-ended = (the case ended)
drift-cleared-facts = (the facts changed back)
drift-cleared-changed = (something else differs now)
drift-cleared-applied = (the household applied)
drift-summary = { $on }: { $cases } cases in force and { $households } households without a case compared; { $count } differ
drift-recorded = Run { $run } of { $on }: { $cases } cases and { $households } households without a case; { $opened } new, { $cleared } cleared, { $holding } still open
drift-unchanged = Nothing changed since run { $run } of { $on }: { $holding } open; nothing was written
drift-opened = { $count } reviews opened
drift-dismissed = { $count } entries dismissed
drift-record-as = a run that is kept names who made it
drift-record-as-hint = add --as USER, an officer, reviewer or administrator of the whole county
stage-drift = Comparing decisions with the law
column-drift = difference
column-in-force = in force
column-by-law = by the law
column-drift-why = why
column-entry = entry
column-found = found
