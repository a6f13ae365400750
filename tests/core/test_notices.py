from k6desk.core.notices import Notice, Notices


def test_the_same_thing_is_said_once(qtbot):
    notices = Notices()
    said = []
    notices.shown.connect(said.append)
    notices.show(Notice("storage", "The disk is full."))
    notices.show(Notice("storage", "The disk is full."))
    notices.show(Notice("storage", "The disk is read-only."))
    assert [notice.text for notice in said] == ["The disk is full.", "The disk is read-only."]
    assert len(notices.current()) == 1


def test_a_notice_said_before_the_window_was_there_is_not_lost(qtbot):
    notices = Notices()
    notices.show(Notice("storage", "The disk is full."))
    assert [notice.key for notice in notices.current()] == ["storage"]


def test_clearing_tells_once(qtbot):
    notices = Notices()
    cleared = []
    notices.cleared.connect(cleared.append)
    notices.show(Notice("a", "A"))
    notices.clear("a")
    notices.clear("a")
    assert cleared == ["a"]
