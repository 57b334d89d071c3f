"""How often something may be tried, by a clock of the test."""

from conference.errors import Refused, TooMuch
from signaling.auth import rates
from signaling.auth.rates import FAILURES_BURST, Bucket, Failures

WRONG = Refused("invitation-unknown", "There is no such invitation.")


def taken(bucket: Bucket, tries: int, now: float) -> int:
    return sum(bucket.take(now=now) for _ in range(tries))


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = Bucket(2.0, 5, now=100.0)
    assert taken(bucket, 20, 100.0) == 5
    assert bucket.empty(now=100.4)
    assert taken(bucket, 20, 101.0) == 2
    assert taken(bucket, 20, 200.0) == 5  # it never holds more than a burst


def test_a_returned_token_can_be_taken_again() -> None:
    bucket = Bucket(0.0, 2, now=0.0)
    assert taken(bucket, 3, 0.0) == 2
    bucket.give_back(now=0.0)
    assert taken(bucket, 3, 0.0) == 1
    for _ in range(5):
        bucket.give_back(now=0.0)
    assert taken(bucket, 9, 0.0) == 2


def failed(failures: Failures, address: str, tries: int, now: float) -> int:
    """Return how many of these failures were answered as too many."""
    answers = [failures.judge(address, WRONG, now=now) for _ in range(tries)]
    assert all(a is WRONG or isinstance(a, TooMuch) for a in answers)
    return sum(answer is not WRONG for answer in answers)


def test_failures_of_one_address_are_too_many_at_some_time() -> None:
    failures = Failures()
    assert failed(failures, "192.0.2.1", FAILURES_BURST + 7, 0.0) == 7
    assert failed(failures, "192.0.2.2", 5, 0.0) == 0
    assert failed(failures, "192.0.2.1", 3, 2.0) == 1


def test_addresses_of_one_network_count_together() -> None:
    failures = Failures()
    assert failed(failures, "2001:db8:1:2::1", FAILURES_BURST, 0.0) == 0
    assert failed(failures, "2001:db8:1:2::2", 1, 0.0) == 1
    assert failed(failures, "2001:db8:1:3::1", 1, 0.0) == 0


def test_memory_is_bounded() -> None:
    failures = Failures()
    for number in range(2 * rates.ADDRESSES_KEPT):
        failures.judge(f"host-{number}", WRONG, now=0.0)
    assert len(failures._buckets) == rates.ADDRESSES_KEPT
