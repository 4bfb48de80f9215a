//! What a household may do against a decision, with terms from the pack.
