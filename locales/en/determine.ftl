# determine: a register of columns
help-determine = Determine every household of a register in Parquet, month by month
    .pack = Folder of a pack whose file declares the columns of the population, or of several packs
    .population = Folder that holds household.parquet and person.parquet, sorted by household
    .from = First month
    .to = Last month
    .out = Write amounts.parquet to this folder: one row per household, programme and month with an amount
    .threads = Threads; without it as many as there are cores
    .no-reuse = Evaluate every month in full, also what is the same in several months
    .summary = Form in which the sums are printed
stage-determine = Determining the register
determine-months = the months from { $from } to { $to } are none
determine-months-hint = write the first month before the last one: --from 2021-01 --to 2021-12
determine-by-reference = { $programme } is answered household by household, which takes longer: { $why }
determine-undetermined = { $count } answers (household, programme, month) are open because evidence is missing; nothing is counted for them
determine-done = { $households } households with { $persons } persons.
