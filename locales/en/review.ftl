# Life after the decision: reviews by period, phase-out, jobs, moves, remedies, reports.

help-case-review-category = Record how often a household is reviewed
    .category = Code of the category
    .reason = Why
help-case-reviews = Periodic reviews that are due, the nearest first
    .due-by = Last day that is listed; default today

category-unknown = to be recorded
column-category = category
column-since = since
