"""Sources: file formats that `assize import` reads, one file each, strangers to each other.

A module here has `SOURCE`, which implements `intake.ports.Source`; one that also brings decisions made elsewhere has
`JUDGEMENTS`, which implements `review.ports.JudgementSource`.
"""
