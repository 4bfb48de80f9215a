# Files in and out: lists, rolls, forms.
out-needs-user = a list that leaves the house is put on record, and a record needs a name
out-needs-user-hint = add `--as USER`
out-written = { $rows } rows written to { $file }
file-unwritable = cannot write { $file }

column-movement = movement
column-document = document
column-parameter = parameter
column-cite = citation
column-mark = mark
column-snapshot = roll
column-household-no = household number
column-table = table
column-finding = finding
