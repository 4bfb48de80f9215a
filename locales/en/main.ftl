# Words that several commands use.
heading-usage = Usage
heading-commands = Commands
heading-options = Options
heading-arguments = Arguments
hint-help = `{ $command } --help` shows what the command takes
hint-usage = `minsheng --help` lists the commands, `--help` after a command shows its arguments
usage-no-command = there is no command `{ $found }`
usage-no-argument = there is no argument `{ $found }`
usage-missing = missing: { $missing }
usage-no-value = `{ $argument }` has no value
usage-wrong-value = `{ $argument }` cannot be `{ $value }`
usage-conflict = `{ $one }` and `{ $other }` cannot stand together
usage-near = the nearest is `{ $near }`
usage-one-of = one of { $known }
usage-like-household = write a household like H000123
usage-like-person = write a person like P000123
usage-like-month = write year and month as 2021-05
usage-like-date = write a day as 2021-05-01
usage-like-yuan = write an amount in yuan as 2100 or 2100.50
usage-like-number = write the number, in digits
usage-like-year = write a year as 2021
help-default = [default: { $value }]
help-possible = [possible values: { $values }]
word-yes = yes
word-no = no
word-household = households
word-person = persons
file-unreadable = cannot read { $file }
database-missing = there is no database { $url }
database-missing-hint = make one with `minsheng demo` (a synthetic county) or `minsheng init --db URL` (an empty one)
database-exists = { $url } is a database already
database-exists-hint = name another one; an existing database is never overwritten by this command
at-not-rehearsal = `--at` sets the clock of a rehearsal, and this database is a real one
at-not-rehearsal-hint = leave `--at` away; to rehearse, make a database with `minsheng init --rehearsal` or `minsheng demo`
time-unreadable = `{ $text }` is not a time
time-unreadable-hint = write 2021-05-01, 2021-05-01T10:30 (local, UTC+8) or 2021-05-01T02:30:00Z

# init, user, register, evidence, account
init-authority = the authority { $authority } names no county
init-done =
    { $url } is ready: { $divisions } divisions, { $programmes } programmes, administrator `{ $admin }`.
init-key = The key is in { $folder }. Keep a copy away from this machine: without it nobody can read identity numbers, accounts and health facts again.
init-next =
    Next:
      minsheng user add clerk --name NAME --role township_clerk --division 513301001 --db { $url } --as { $admin }
      minsheng register --template > household.toml
division-name = { $place }: the name is empty
division-file-hint = the columns are code,name,valid_from: 12 digits, a name, a day such as 2020-11-01
user-added = { $user } added
user-deactivated = `{ $user }` is switched off and can do nothing any more; what they did stays
user-activated = `{ $user }` is active again
account-added = account { $account } of { $person } entered; it pays after a second user has confirmed it: `minsheng account confirm { $account }`
account-confirmed = { $count } account(s) confirmed; they pay from the next batch on
evidence-unknown-kind = `{ $kind }` is no evidence about { $whose } that any programme reads
evidence-unknown-kind-hint = known are { $known }
evidence-needs = it needs { $field }
evidence-wrong = { $place }: { $kind } ({ $label }): { $what }
evidence-wrong-hint = asked for by { $cite }
evidence-whom = evidence is about one household or one person
evidence-whom-hint = give either --household H000123 or --person P000123
evidence-added = evidence { $row }: { $kind } from { $from }
evidence-closed = { $kind } is not true any more from { $from } on
evidence-withdrawn = evidence { $row } withdrawn; it stays readable as known before
register-done = { $household } registered
register-form-hint = `minsheng register --template` prints a form with everything that can stand in it
register-member-needs = { $place }: { $field } is missing
register-amount = { $place }: `{ $found }` is not an amount
register-amount-hint = write whole yuan as 2100 and decimals in quotes as "2100.50"; money never passes through a float
register-twice = { $place }: { $kind } stands in the form twice for the same days
register-twice-hint = keep one of them, or give the first a day `to`
register-day = { $place }: `{ $found }` is not a day
register-day-hint = write it like 2021-03-01

# policy
policy-checked = { $authority }: { $files } files, no errors. Programmes: { $programmes }. Hash { $hash }
policy-broken = { $count } error(s) in the packs
policy-broken-hint = each line above names file, line and column; correct them and run `minsheng policy check` again
policy-tested = { $passed } examples passed, { $failed } failed
policy-no-examples = the packs hold no examples
policy-no-examples-hint = write ```toml example blocks; a rule without an example is not proven
policy-examples-failed = { $failed } example(s) failed
policy-examples-failed-hint = either the rule or the expected result is wrong; compare both with the article cited
policy-show-hint = `minsheng policy show PROGRAMME` prints its handbook page
policy-unknown-programme = there is no programme `{ $code }`
policy-unknown-programme-hint = the programmes are { $known }
policy-empty-folder = { $folder } holds no packs
policy-empty-folder-hint = the folder must hold cn/, cn-51/, … with Markdown files, as in policies/

# yearbook, figure
compare-unknown = { $count } figure(s) of the file have no definition here and were not compared
figures-differ = these figures are not those of the file: { $ids }
figure-missing = — ({ $reason })
figure-value = { $value } [{ $unit }]
figure-published = published: { $value }
figure-cite = sentence: { $cite }
figure-cite-of = in the yearbook of { $year } it stands in: { $cite }
figure-records = records: { $count }
figure-more = … and { $count } more; `--format csv` prints them all

# column headings
column-programme = programme
column-name = name
column-laws = laws
column-user = user
column-roles = roles
column-division = division
column-active = active
find-nobody = nobody of your area is registered under `{ $words }`; a name is found when it is written whole
column-sex = sex
column-birth = born
column-id-number = identity number
column-person = person
column-relation = relation
column-account = account
column-account-number = number
column-row = row
column-kind = kind
column-slot = slot
column-code = code
column-quantity = quantity
column-yuan = yuan
column-from = from
column-to = to
column-recorded = recorded
column-superseded = superseded
column-source = source
