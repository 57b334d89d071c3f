"""
How often one cause may be written to the log. Pure: the time is an argument.

A stranger decides how often a failing packet arrives, so nothing may write a line for
each. A *cause* is the place in the code that logs, with the kind and place of the
exception: both are bounded by the code, and nothing that arrives can make new ones.
Each cause is written once a second at most, with a count of what was left out, and its
traceback once an hour.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

LINE_S = 1.0
# Between two lines of one cause. Longer: less is seen of a fault that goes on.

TRACE_S = 3600.0
# Between two tracebacks of one cause: the first one says where the fault lies, and
# the others would only repeat its 40 lines.

CAUSES_KEPT = 512
# About twice the places that log, in our code and in the libraries. Of one that is
# forgotten a line may be written too early.


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with one record."""

    write: bool
    trace: bool = False
    """Write its traceback too."""
    left_out: int = 0
    """Records of this cause since the last line, this one not included."""


@dataclass(slots=True)
class _Cause:
    written_at: float
    traced_at: float
    left_out: int = 0


class LineLimits:
    """
    Counts records by cause.

    ``admit`` is asked for each record; ``due`` names the causes whose count has
    waited long enough to be written although no further record has arrived.
    """

    def __init__(self) -> None:
        self._causes: OrderedDict[Hashable, _Cause] = OrderedDict()

    def admit(self, cause: Hashable, *, now: float) -> Verdict:
        """Return whether a record of this cause is to be written now."""
        known = self._causes.get(cause)
        if known is None:
            self._causes[cause] = _Cause(written_at=now, traced_at=now)
            if len(self._causes) > CAUSES_KEPT:
                self._causes.popitem(last=False)
            return Verdict(write=True, trace=True)
        if now - known.written_at < LINE_S:
            known.left_out += 1
            return Verdict(write=False)
        self._causes.move_to_end(cause)
        trace = now - known.traced_at >= TRACE_S
        if trace:
            known.traced_at = now
        left_out, known.left_out = known.left_out, 0
        known.written_at = now
        return Verdict(write=True, trace=trace, left_out=left_out)

    def due(self, *, now: float) -> list[tuple[Hashable, int]]:
        """Return the causes with a count to be written now; they count anew."""
        found: list[tuple[Hashable, int]] = []
        for cause, known in self._causes.items():
            if known.left_out and now - known.written_at >= LINE_S:
                found.append((cause, known.left_out))
                known.left_out, known.written_at = 0, now
        return found
