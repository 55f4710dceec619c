"""Every judgement about the ledger, pure: trees, proofs, notes, windows, verification, sentences."""
