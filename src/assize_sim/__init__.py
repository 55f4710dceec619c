"""A simulated AI platform with known ground truth: a real client of the public API and a real receiver of webhooks.

It imports `assize.kernel` and HTTP libraries only, and so knows no more of the product than any platform does. Its texts
name the category of a harm by a marker term (`sim-…`) and never describe one. What is generated is pure and seeded:
`stream.stream(seed=…)` gives the same accounts, words and truths every time; only the clock of sending differs.
"""
