"""Values that several parts share."""

from conference.contract.words import Source


def test_cameras_and_screens_are_video_and_all_other_sources_audio() -> None:
    video = {source for source in Source if source.kind == "video"}
    assert video == {Source.CAMERA, Source.SCREEN}
    assert {source.kind for source in set(Source) - video} == {"audio"}
