"""Who may decide: people and machines, teams and vendors, roles, skills, sign-in, keys, and what each may see.

Owns schema `workforce`: team, reviewer, session, api_key, sign_in_try, refusal.
Announces: ReviewerAdded, ReviewerChanged, SignedIn, SignedOut, KeyIssued, KeyRevoked, AccessRefused.
"""
