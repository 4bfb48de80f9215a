# The demonstration.
demo-drift = Drift: { $nights } nights compared; { $found } entries found, { $reviews } reviewed, { $dismissed } dismissed with a reason, { $waiting } left open
demo-unfinished = note: this demonstration was interrupted; its year is not finished
    hint: run `minsheng demo --force` to make it anew
demo-campaign = Special rectification: { $targets } targets; { $kept } kept, { $raised } raised, { $lowered } lowered, { $exited } exited, { $entered } newly admitted
