from hypothesis import given
from hypothesis import strategies as st

from assize.policy import service
from assize.policy.logic import word_difference
from assize.policy.models import Changed
from builders.policy import a_clause, a_gate, a_pack, newer

texts = st.text(alphabet="ab \n", max_size=40)


class TestWordDifference:
    def test_is_told_in_whole_words(self):
        words = word_difference("Whoever threatens a person is warned.", "Whoever threatens a child is suspended.")

        assert [(word.changed.value, word.text.strip()) for word in words] == [
            ("same", "Whoever threatens a"),
            ("removed", "person"),
            ("added", "child"),
            ("same", "is"),
            ("removed", "warned."),
            ("added", "suspended."),
        ]

    @given(texts, texts)
    def test_holds_every_word_of_both(self, before, after):
        words = word_difference(before, after)

        kept = "".join(word.text for word in words if word.changed is not Changed.ADDED)
        made = "".join(word.text for word in words if word.changed is not Changed.REMOVED)
        assert kept.split() == before.split()
        assert made.split() == after.split()

    @given(texts)
    def test_of_the_same_words_is_all_the_same(self, text):
        assert all(word.changed is Changed.SAME for word in word_difference(text, text))


class TestDifference:
    def test_of_the_same_pack_is_empty(self):
        found = service.diff(a_pack(), a_pack())

        assert found.empty
        assert found.summary == "nothing changed"

    def test_names_clauses_added_removed_and_changed(self):
        before = a_pack(a_clause("FRD-1"), a_clause("FRD-2"))
        after = a_pack(a_clause("FRD-1", title="Another"), a_clause("FRD-3"))

        found = service.diff(before, after)

        told = {one.clause_id: one.changed.value for one in found.clauses}
        assert told == {"FRD-1": "changed", "FRD-2": "removed", "FRD-3": "added"}
        assert found.summary == "clauses: 1 added, 1 removed, 1 changed; also precedence"

    def test_tells_which_part_of_a_clause_in_words(self):
        before = a_pack(a_clause(includes=("Threats to a person",)))
        after = newer(a_pack(a_clause(includes=("Threats to a child",))))

        text = service.as_text(service.diff(before, after))

        assert "FRD-1 Title of FRD-1 (changed)" in text
        assert "includes: Threats to a [-person-] {+child+}" in text

    def test_tells_changed_gates(self):
        text = service.as_text(service.diff(a_pack(), a_pack(gates=(a_gate(gravity=4),))))

        assert "gates" in text
        assert "[-" in text
