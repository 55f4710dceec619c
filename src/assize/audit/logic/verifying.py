"""Verification: the ledger read once from front to back, in memory that does not grow with it.

What does grow: one id for each erased body that no erasure was found for yet.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from assize.audit.logic.header import is_committed, leaf_of, moment
from assize.audit.logic.tiles import HEIGHT, WIDTH
from assize.audit.logic.tree import Frontier, fold
from assize.audit.models import Entry, Finding, Flaw, Header, Node, SignedCheckpoint, Verification

MOST_FINDINGS = 100  # enough to see what happened; a ledger exchanged whole would have millions
ERASURE = "BodiesErased"


class Verifier:
    """Takes the entries in order, then says what it found.

    checkpoints: in order of size, signatures checked before.
    """

    def __init__(self, *, origin: str, checkpoints: Sequence[SignedCheckpoint]) -> None:
        self.origin = origin
        self.checkpoints = [one.checkpoint for one in checkpoints]
        self._sizes = [one.size for one in self.checkpoints]
        self._sound = 0  # leaves under the newest checkpoint whose root came out right
        self._passed = 0  # checkpoints whose size was reached
        self._root_broken = False
        self._frontier = Frontier()
        self._rows: list[list[bytes]] = [[]]
        self._nodes: list[Node] = []
        self._erased: set[str] = set()
        self._explained: set[str] = set()
        self._erased_count = self._withheld = self._found = 0
        self._findings: list[Finding] = []
        self._remarks: list[str] = []
        self._check_roots()

    @property
    def size(self) -> int:
        """How many leaves were taken."""
        return self._frontier.size

    def take(self, entry: Entry) -> None:
        """Check one entry and go on to the next place."""
        if entry.n != self.size:
            self._report_gap(entry)
        self._check_header(entry)
        self._grow(entry.hash)
        self._check_roots()

    def take_nodes(self) -> list[Node]:
        """Return the complete nodes of stored levels computed since the last call, to compare with those stored."""
        nodes, self._nodes = self._nodes, []
        return nodes

    def report(self, flaw: Flaw, message: str, fact_id: str | None = None) -> None:
        """Add a finding that the caller made."""
        self._found += 1
        if len(self._findings) < MOST_FINDINGS:
            self._findings.append(Finding(flaw=flaw, message=message, fact_id=fact_id))

    def remark(self, text: str) -> None:
        """Add something worth knowing that is no flaw."""
        self._remarks.append(text)

    def explain(self, fact_ids: Iterable[str]) -> None:
        """Take note that these bodies were erased on record; the record may come before or after what it names."""
        for fact_id in fact_ids:
            if fact_id in self._erased:
                self._erased.discard(fact_id)
            else:
                self._explained.add(fact_id)

    def result(self, *, pending: int = 0) -> Verification:
        """Return what was found, once every entry was taken."""
        for missed in self.checkpoints[self._passed :]:
            self.report(
                Flaw.TOO_SHORT,
                f"the checkpoint signed {moment(missed.signed_at)} covers {missed.size} facts, and the ledger holds "
                f"{self.size}: leaves {self.size} to {missed.size - 1} are gone",
            )
        for fact_id in sorted(self._erased - self._explained):
            self.report(Flaw.MISSING_BODY, f"the body of {fact_id} is gone, and no erasure names it", fact_id)
        if self._withheld:
            self._remarks.append(f"{self._withheld} bodies were withheld from this export, and are not checked")
        covered = max((size for size in self._sizes if size <= self.size), default=0)
        if covered < self.size:
            self._remarks.append(f"{self.size - covered} facts are in the tree and await the next checkpoint")
        return Verification(
            origin=self.origin,
            size=self.size,
            root=self._frontier.root(),
            checkpoints=len(self.checkpoints),
            covered=covered,
            pending=pending,
            erased=self._erased_count,
            withheld=self._withheld,
            found=self._found,
            findings=tuple(self._findings),
            remarks=tuple(self._remarks),
        )

    def _report_gap(self, entry: Entry) -> None:
        if entry.n < self.size:
            self.report(Flaw.OUT_OF_ORDER, f"{entry.fact_id} stands at leaf {entry.n} after leaf {self.size - 1}")
            return
        self.report(Flaw.MISSING_LEAF, f"leaves {self.size} to {entry.n - 1} are missing before {entry.fact_id}")
        # A place holder for each gap keeps later leaves at their own numbers; the roots over it are wrong anyway.
        for _ in range(entry.n - self.size):
            self._grow(bytes(hashlib.sha256().digest_size))

    def _check_header(self, entry: Entry) -> None:
        header = entry.header
        if header is None:
            message = f"{entry.fact_id} was removed; its place in the ledger is leaf {entry.n}"
            self.report(Flaw.MISSING_FACT, message, entry.fact_id)
            return
        if leaf_of(header) != entry.hash:
            message = f"{entry.fact_id} ({header.kind}, leaf {entry.n}) was changed after it entered the ledger"
            self.report(Flaw.CHANGED_FACT, message, entry.fact_id)
        self._check_window(header, entry.n)
        self._check_body(header, entry)

    def _check_window(self, header: Header, n: int) -> None:
        at = bisect_right(self._sizes, n)
        if at < len(self.checkpoints) and header.recorded_at > self.checkpoints[at].until:
            late = self.checkpoints[at].until
            message = f"{header.id} (leaf {n}) says it was recorded {moment(header.recorded_at)}, after its checkpoint"
            self.report(Flaw.OUTSIDE_WINDOW, f"{message} closed at {moment(late)}", header.id)
        if at and header.recorded_at < self.checkpoints[at - 1].horizon:
            early = self.checkpoints[at - 1].horizon
            message = f"{header.id} (leaf {n}) says it was recorded {moment(header.recorded_at)}, before its checkpoint"
            self.report(Flaw.OUTSIDE_WINDOW, f"{message} opened at {moment(early)}", header.id)

    def _check_body(self, header: Header, entry: Entry) -> None:
        if entry.withheld:
            self._withheld += 1
            return
        if entry.body is None:
            self._erased_count += 1
            self._note_erased(header.id)
            return
        if not is_committed(header, entry.body):
            message = f"the body of {header.id} ({header.kind}, leaf {entry.n}) was changed"
            self.report(Flaw.CHANGED_BODY, message, header.id)
        elif header.kind == ERASURE:
            self.explain(json.loads(entry.body.text)["fact_ids"])

    def _note_erased(self, fact_id: str) -> None:
        if fact_id in self._explained:
            self._explained.discard(fact_id)
        else:
            self._erased.add(fact_id)

    def _grow(self, leaf: bytes) -> None:
        self._frontier.append(leaf)
        level, one = 0, leaf
        while True:
            row = self._rows[level]
            row.append(one)
            if len(row) < WIDTH:
                return
            one, row[:] = fold(row), []
            level += 1
            if level == len(self._rows):
                self._rows.append([])
            # `size` leaves are done, so this node is the last complete one of its level.
            index = (self._frontier.size >> level * HEIGHT) - 1
            self._nodes.append(Node(level=level * HEIGHT, index=index, hash=one))

    def _check_roots(self) -> None:
        while self._passed < len(self.checkpoints) and self.checkpoints[self._passed].size == self.size:
            checkpoint = self.checkpoints[self._passed]
            self._passed += 1
            if self._frontier.root() == checkpoint.root:
                self._sound = checkpoint.size
            elif not self._root_broken:
                # Once a root is wrong, all later ones are: only the first says where.
                self._root_broken = True
                self.report(
                    Flaw.WRONG_ROOT,
                    f"the first {checkpoint.size} leaves do not give the root signed {moment(checkpoint.signed_at)}: "
                    f"something between leaf {self._sound} and leaf {checkpoint.size - 1} was changed, moved or removed",
                )
