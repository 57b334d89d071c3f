"""How long requests wait for storage, by a clock of the test."""

from conference.storage.patience import PATIENCE_S, PAUSE_S, Patience


def test_patience_is_lost_for_all_at_once_and_found_again() -> None:
    patience = Patience()
    assert patience.end(now=10.0) == 10.0 + PATIENCE_S
    patience.lost(now=15.0)
    assert patience.end(now=15.1) == 15.1
    at = 15.0 + PAUSE_S
    assert patience.end(now=at) == at + PAUSE_S
    patience.kept()
    assert patience.end(now=20.0) == 20.0 + PATIENCE_S
