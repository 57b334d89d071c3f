"""What both descriptions of the server share: candidates and redundant audio."""

from dataclasses import replace

from conference.sdp import writer
from tests.conference.sdp.support import LOCAL


def test_a_server_without_tcp_offers_no_tcp_candidates() -> None:
    lines = replace(LOCAL, tcp=False).candidates()
    assert [line.split()[2] for line in lines[:-1]] == ["udp", "udp"]


def test_every_udp_candidate_is_preferred_to_every_tcp_candidate() -> None:
    *lines, end = (line.split() for line in LOCAL.candidates())
    assert end == ["a=end-of-candidates"]
    priorities = {
        transport: [int(line[3]) for line in lines if line[2] == transport]
        for transport in ("udp", "tcp")
    }
    assert len(priorities["udp"]) == len(priorities["tcp"]) == len(LOCAL.addresses)
    assert min(priorities["udp"]) > max(priorities["tcp"])


def test_redundant_audio_has_two_channels_and_one_older_frame() -> None:
    assert writer.redundant(63, 111) == [
        "a=rtpmap:63 red/48000/2",
        "a=fmtp:63 111/111",
    ]
