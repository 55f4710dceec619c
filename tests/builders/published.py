"""Tables that others published, to check the estimators against."""

# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability": four observers, twelve units, labels missing.
_OBSERVERS = {"A": "1 2 3 3 2 1 4 1 2 . . .", "B": "1 2 3 3 2 2 4 1 2 5 . 3",
              "C": ". 3 3 3 2 3 4 2 2 5 1 .", "D": "1 2 3 3 2 4 4 1 2 5 1 ."}  # fmt: skip
KRIPPENDORFF = [
    (f"unit {number}", observer, label)
    for observer, given in _OBSERVERS.items()
    for number, label in enumerate(given.split(), start=1)
    if label != "."
]

# Dawid and Skene 1979, table 1: 45 patients; the first three labels of each are observer 1's, who saw all three times.
_PATIENTS = """
1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343 1111111 2223212 1211111
1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 2322222 1111111 1111111 1121121
1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
"""
ANAESTHESIA = [
    (f"patient {number}", observer, label)
    for number, given in enumerate(_PATIENTS.split(), start=1)
    for observer, label in zip("1112345", given, strict=True)
]

# Fleiss 1971, table 1: 30 patients, 6 psychiatrists each; depression, personality disorder, schizophrenia, neurosis, other.
_DIAGNOSES = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 00501 30012 51000 02040 10203
00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""
FLEISS = [
    (f"patient {number}", f"psychiatrist {place}", label)
    for number, counts in enumerate(_DIAGNOSES.split(), start=1)
    for place, label in enumerate(
        label for label, count in zip("abcde", counts, strict=True) for _ in range(int(count))
    )
]

# Gwet 2014 (package irrCAC, `cont3x3abstractors`): two abstractors, 100 patients, rows the first one's labels.
ABSTRACTORS = [
    (f"patient {first}{second}{number}", abstractor, label)
    for first, row in zip("EAN", ([13, 0, 0], [0, 20, 7], [0, 4, 56]), strict=True)
    for second, count in zip("EAN", row, strict=True)
    for number in range(count)
    for abstractor, label in (("one", first), ("two", second))
]
