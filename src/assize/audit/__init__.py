"""Prove it: the ledger. Every fact in a Merkle tree, checkpoints signed and kept outside, the story of a case or a person.

Owns: leaves, nodes, checkpoints, how far the sequencer is (schema `audit`); deletes bodies of facts, and only to erase.
Announces: BodiesErased, LedgerExported, LedgerVerified, StoryOpened. Hears nothing: it reads the log itself.
"""
