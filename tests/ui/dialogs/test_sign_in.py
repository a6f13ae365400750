"""The sign-in dialog: what is wrong is said where it is wrong, nothing typed is lost, no token leaves its line."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QToolButton

from k6desk.api.errors import BadAnswer, Forbidden, NotFound, Refused, SignedOut, Unreachable, Untrusted
from k6desk.api.models import StackAccess
from k6desk.core import system_keyring
from k6desk.core.accounts import Account, Accounts
from k6desk.core.system_keyring import KeyringProblem, SystemKeyring
from k6desk.core.tasks import Tasks
from k6desk.ui.dialogs.sign_in import SignInDialog

TOKEN = "glc_canary_0123456789"


class MemoryBackend:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.answers = threading.Event()
        self.answers.set()

    def get_password(self, service, user):
        return self.kept.get(user)

    def set_password(self, service, user, password):
        assert self.answers.wait(10)
        self.kept[user] = password


class Stack:
    """A server that answers as it is told; `asked` is every (origin, token, stack URL)."""

    def __init__(self) -> None:
        self.answer: Exception | StackAccess = StackAccess(12345, 67)
        self.asked: list[tuple] = []
        self.lets_go = asyncio.Event()
        self.lets_go.set()

    def __call__(self, origin, token, stack_id):
        self.login = (origin, token.reveal())
        self.stack_id = stack_id
        return self

    async def check_access(self, stack_url):
        self.asked.append((*self.login, stack_url))
        await self.lets_go.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def aclose(self) -> None:
        """Nothing is open."""


class Desk:
    """The dialog and what is around it."""

    def __init__(self, folder, **options) -> None:
        self.stack = Stack()
        self.backend = MemoryBackend()
        self.find = lambda: self.backend
        self.reported: list = []
        self.tasks = Tasks(lambda error, name: self.reported.append(error))
        self.accounts = Accounts(folder / "accounts.toml", SystemKeyring(lambda: self.find()), self.stack)
        self.dialog = SignInDialog(self.accounts, self.tasks, **options)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        self.signed_in: list[Account] = []
        self.dialog.signed_in.connect(self.signed_in.append)
        self.form = self.dialog.form
        self.dialog.open()

    def type(self, stack: str = "acme", token: str = TOKEN, origin: str = "") -> None:
        for field, words in ((self.form.stack, stack), (self.form.token, token), (self.form.origin, origin)):
            field.line.setText(words)

    def button(self, words: str) -> QPushButton | QToolButton | None:
        buttons = [*self.dialog.findChildren(QPushButton), *self.dialog.findChildren(QToolButton)]
        return next((one for one in buttons if one.text() == words and one.isVisible()), None)

    def press(self, words: str) -> None:
        QTest.mouseClick(self.button(words), Qt.MouseButton.LeftButton)

    def says(self) -> str:
        return "\n".join(label.text() for label in self.dialog.findChildren(QLabel) if label.isVisible())


@pytest.fixture
async def desk(tmp_path):
    made: list[Desk] = []

    def make(**options) -> Desk:
        made.append(Desk(tmp_path, **options))
        return made[-1]

    yield make
    for one in made:
        one.backend.answers.set()
        await one.tasks.aclose()
        one.dialog.close()
        assert one.reported == []


async def test_a_good_token_shows_the_stack_and_is_kept_in_the_keyring(desk, until):
    one = desk()
    one.type("  ACME.grafana.net ", f' "Bearer {TOKEN}"\n')
    QTest.keyClick(one.form.token.line, Qt.Key.Key_Return)
    await until(lambda: one.signed_in)
    assert one.stack.asked == [("https://api.k6.io", TOKEN, "https://acme.grafana.net")]
    assert "Signed in to acme" in one.says()
    assert "Stack 12345, default project 67" in one.says()
    assert one.backend.kept == {"api.k6.io-12345": TOKEN}
    assert one.accounts.all() == one.signed_in
    QTest.keyClick(one.dialog, Qt.Key.Key_Return)
    assert not one.dialog.isVisible()


async def test_what_cannot_be_used_is_said_beside_its_line_before_anything_is_sent(desk):
    one = desk()
    one.type("my team!", "tooshort", "http://api.k6.io")
    one.press("Sign in")
    assert "not a stack" in one.form.stack.problem
    assert "too short" in one.form.token.problem
    assert "https" in one.form.origin.problem
    assert one.form.origin.isVisible()
    assert one.form.stack.line.hasFocus() or one.dialog.focusWidget() is one.form.stack.line
    assert one.stack.asked == []
    assert "tooshort" not in one.says()
    QTest.keyClicks(one.form.stack.line, "x")
    assert one.form.stack.problem == ""


@pytest.mark.parametrize(
    ("error", "where", "words"),
    [
        (SignedOut("401", status=401), "token", "does not accept this token"),
        (Forbidden("403", status=403), "stack", "not for this stack"),
        (NotFound("404", status=404), "stack", "no such stack"),
        (Unreachable("The server cannot be reached."), "problem", "cannot be reached"),
        (Untrusted("The certificate has expired."), "problem", "certificate has expired"),
        (BadAnswer("A login page answered: open a browser and sign in to the network."), "problem", "login page"),
    ],
)
async def test_each_refusal_is_one_sentence_where_it_belongs_and_nothing_typed_is_lost(
    desk, until, error, where, words
):
    one = desk()
    one.stack.answer = error
    one.type()
    one.press("Sign in")
    await until(lambda: words in one.says())
    place = getattr(one.form, where)
    assert words in (place.text() if where == "problem" else place.problem)
    assert [field.line.text() for field in (one.form.stack, one.form.token)] == ["acme", TOKEN]
    assert one.form.isEnabled()
    assert TOKEN not in one.says()
    one.stack.answer = StackAccess(1, 2)
    one.press("Sign in")
    await until(lambda: one.signed_in)


async def test_a_double_click_asks_once(desk, until):
    one = desk()
    one.type()
    one.press("Sign in")
    one.press("Sign in")
    await until(lambda: one.signed_in)
    assert len(one.stack.asked) == 1


async def test_an_error_of_a_server_of_ones_own_is_told_beside_its_address(desk, until):
    one = desk()
    one.stack.answer = Unreachable("127.0.0.1 cannot be reached.")
    one.type(origin="http://127.0.0.1:4700")
    one.press("Sign in")
    await until(lambda: "cannot be reached" in one.form.origin.problem)
    assert one.form.origin.isVisible()
    assert one.stack.asked[0][0] == "http://127.0.0.1:4700"


async def test_escape_stops_asking_first_and_closes_then(desk, until):
    one = desk()
    one.stack.lets_go.clear()
    one.type()
    one.press("Sign in")
    await until(lambda: one.stack.asked)
    assert "Asking https://api.k6.io" in one.says()
    assert not one.form.isEnabled()
    QTest.keyClick(one.dialog, Qt.Key.Key_Escape)
    assert one.dialog.isVisible()
    assert one.form.isEnabled()
    assert one.form.token.line.text() == TOKEN
    await until(lambda: one.dialog._work.done())
    QTest.keyClick(one.dialog, Qt.Key.Key_Escape)
    assert not one.dialog.isVisible()
    assert one.signed_in == []


async def test_an_insecure_keyring_is_named_and_only_a_choice_keeps_the_token_for_the_session(desk, until, tmp_path):
    one = desk()

    def find():
        raise KeyringProblem("insecure", "The keyring is keyrings.alt.file.PlaintextKeyring, which does not protect.")

    one.find = find
    one.type()
    one.press("Sign in")
    await until(lambda: one.button("Keep for this session only"))
    assert "PlaintextKeyring" in one.says()
    assert one.signed_in == []
    assert one.accounts.all() == []
    one.press("Keep for this session only")
    (account,) = one.signed_in
    assert not account.keeps_token
    assert (await one.accounts.token(account)).reveal() == TOKEN
    assert TOKEN not in (tmp_path / "accounts.toml").read_text()
    assert "this session only" in one.says()


async def test_a_locked_keyring_can_be_tried_again_without_asking_the_server_again(desk, until):
    one = desk()

    def locked():
        raise KeyringProblem("locked", "Your keyring is locked. Unlock it and try again.")

    one.find = locked
    one.type()
    one.press("Sign in")
    await until(lambda: one.button("Try again"))
    one.find = lambda: one.backend
    one.press("Try again")
    await until(lambda: one.signed_in)
    assert one.signed_in[0].keeps_token
    assert len(one.stack.asked) == 1


async def test_a_keyring_that_takes_long_is_waited_for_and_can_be_left(desk, until, monkeypatch):
    monkeypatch.setattr(system_keyring, "PATIENCE_S", 0.05)
    one = desk()
    one.backend.answers.clear()
    one.type()
    one.press("Sign in")
    await until(lambda: "Waiting for your keyring" in one.says())
    one.press("Cancel")
    assert one.button("Keep for this session only")
    one.press("Keep for this session only")
    assert not one.signed_in[0].keeps_token


async def test_the_k6_cli_login_is_filled_in_and_not_sent_by_itself(desk, tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"collectors": {"cloud": {"token": TOKEN, "stackURL": "https://acme.grafana.net"}}}))
    one = desk(k6_cli=path)
    one.press("Import the k6 CLI's login")
    assert (one.form.stack.line.text(), one.form.token.line.text()) == ("https://acme.grafana.net", TOKEN)
    assert one.stack.asked == []
    assert TOKEN not in one.says()
    path.write_text("{")
    one.press("Import the k6 CLI's login")
    assert "damaged" in one.form.problem.text()
    assert one.form.token.line.text() == TOKEN


async def test_without_a_k6_cli_login_there_is_nothing_to_import(desk):
    assert desk().button("Import the k6 CLI's login") is None


async def test_signing_in_again_asks_only_for_the_token(desk):
    account = Account.of("http://127.0.0.1:4700", "https://acme.grafana.net", 12345)
    one = desk(account=account)
    assert one.form.stack.line.text() == "https://acme.grafana.net"
    assert one.form.origin.line.text() == "http://127.0.0.1:4700"
    assert one.form.origin.isVisible()
    assert one.dialog.focusWidget() is one.form.token.line


async def test_a_token_without_a_stack_signs_in_alone_and_the_dialog_says_what_that_means(desk, until):
    one = desk()
    one.stack.answer = StackAccess(0, 5276)
    one.type(stack="half a st")
    assert "Performance" in one.says()
    one.press("My token has no stack")
    assert not one.form.stack.isVisible()
    assert "old API" in one.says()
    assert "Performance" not in one.says()
    one.press("Sign in")
    await until(lambda: one.signed_in)
    assert one.stack.asked == [("https://api.k6.io", TOKEN, "")]
    assert one.stack.stack_id == 0
    assert one.signed_in[0].is_legacy
    assert "Signed in with a legacy token" in one.says()
    assert "Stack 0" not in one.says()


async def test_going_back_to_the_stack_finds_everything_as_it_was_typed(desk):
    one = desk()
    one.type(stack="acme", origin="http://127.0.0.1:4700")
    one.press("My token has no stack")
    one.press("My token has a stack")
    assert one.form.stack.isVisible()
    assert [field.line.text() for field in (one.form.stack, one.form.token, one.form.origin)] == [
        "acme",
        TOKEN,
        "http://127.0.0.1:4700",
    ]


@pytest.mark.parametrize(
    ("error", "where", "words"),
    [
        (SignedOut("401", status=401), "token", "does not accept this token"),
        (Forbidden("403", status=403), "token", "without a stack"),
        (NotFound("404", status=404), "token", "or no longer"),
        (Refused("410", status=410), "token", "or no longer"),
        (Unreachable("The server cannot be reached."), "problem", "cannot be reached"),
    ],
)
async def test_what_is_wrong_with_a_legacy_token_is_said_where_it_can_be_seen(desk, until, error, where, words):
    one = desk()
    one.stack.answer = error
    one.type()
    one.press("My token has no stack")
    one.press("Sign in")
    await until(lambda: words in one.says())
    place = getattr(one.form, where)
    assert words in (place.text() if where == "problem" else place.problem)
    one.press("My token has a stack")
    assert words not in one.says()


async def test_signing_in_again_to_a_legacy_account_asks_only_for_its_token(desk):
    one = desk(account=Account.of("https://api.k6.io", "", 0, 5276))
    assert not one.form.stack.isVisible()
    assert one.dialog.focusWidget() is one.form.token.line


async def test_the_k6_cli_login_of_a_stack_brings_the_stack_back(desk, tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"collectors": {"cloud": {"token": TOKEN}}}))
    one = desk(k6_cli=path)
    one.press("My token has no stack")
    one.press("Import the k6 CLI's login")
    assert not one.form.stack.isVisible()
    path.write_text(json.dumps({"collectors": {"cloud": {"token": TOKEN, "stackURL": "https://acme.grafana.net"}}}))
    one.press("Import the k6 CLI's login")
    assert one.form.stack.isVisible()
    assert one.form.stack.line.text() == "https://acme.grafana.net"


async def test_the_token_is_hidden_until_it_is_shown(desk):
    one = desk()
    assert one.form.token.line.echoMode() is QLineEdit.EchoMode.Password
    one.press("Show")
    assert one.form.token.line.echoMode() is QLineEdit.EchoMode.Normal


async def test_tab_goes_from_line_to_line_to_the_buttons(desk):
    one = desk()
    one.dialog.activateWindow()
    one.form.stack.line.setFocus()
    seen = []
    for _ in range(8):
        widget = one.dialog.focusWidget()
        seen.append(getattr(widget, "text", str)() if isinstance(widget, QPushButton | QToolButton) else "line")
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    words = ["Show", "How do I get a token?", "Advanced", "My token has no stack", "Cancel", "Sign in"]
    assert seen == ["line", "line", *words]


async def test_all_text_is_plain_and_every_line_is_named(desk, until):
    one = desk()
    one.stack.answer = BadAnswer("<b>no</b>")
    one.type()
    one.press("Sign in")
    await until(lambda: "<b>no</b>" in one.says())
    for label in one.dialog.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText
    for line in one.dialog.findChildren(QLineEdit):
        assert line.accessibleName()
    one.type(stack="no stack!")
    one.press("Sign in")
    assert one.form.stack.line.accessibleDescription() == one.form.stack.problem != ""


async def test_a_dialog_that_is_destroyed_takes_its_work_along(desk, until):
    one = desk()
    one.stack.lets_go.clear()
    one.type()
    one.press("Sign in")
    await until(lambda: one.stack.asked)
    work = one.dialog._work
    gone = []
    one.dialog.destroyed.connect(lambda: gone.append(True))
    one.dialog.deleteLater()
    await until(lambda: gone and work.done())
    assert work.cancelled()
    one.dialog = QLabel()
