"""What one types to sign in; every problem is told beside the line that it concerns."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from k6desk.api.errors import CloudError, Forbidden, NotFound, Refused, SignedOut
from k6desk.api.secret import Secret
from k6desk.api.stack import DEFAULT_ORIGIN, api_origin, clean_token, stack_url
from k6desk.core.accounts import Account
from k6desk.core.logins import BadLogin, import_k6_cli
from k6desk.ui import theme
from k6desk.ui.dialogs.field import Field, Problem
from k6desk.ui.outside import open_outside
from k6desk.ui.text import PlainLabel

TOKEN_HELP = "https://grafana.com/docs/grafana-cloud/testing/k6/author-run/tokens-and-cli-authentication/"  # noqa: S105
TOKEN_HINT = "In your stack: Testing & synthetics → Performance → Settings → Access"  # noqa: S105
LEGACY = (
    "A legacy token: k6desk reads with the old API, and can start and stop runs until Grafana removes that API, as it "
    "has announced."
)
HIDDEN, SHOWN = QLineEdit.EchoMode.Password, QLineEdit.EchoMode.Normal
GONE = {404, 405, 410}


class SignInForm(QWidget):
    """Stack, unless the token has none, token and, folded away, the API's address. Only the user ever clears a line."""

    def __init__(self, account: Account | None, k6_cli: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stack = Field("&Stack", "myteam, or https://myteam.grafana.net")
        self._legacy_words = PlainLabel(LEGACY, kind="caption", muted=True, wrap=True)
        self.token = Field("API &token")
        self.origin = Field("API &address", DEFAULT_ORIGIN, "Only for a server other than Grafana's, such as a demo")
        self.problem = Problem()

        self.token.line.setEchoMode(HIDDEN)
        reveal = QPushButton("Show")
        reveal.setAccessibleName("Show the token")
        reveal.setCheckable(True)
        reveal.setAutoDefault(False)
        reveal.toggled.connect(lambda on: self.token.line.setEchoMode(SHOWN if on else HIDDEN))
        self.token.row.addWidget(reveal)
        help_link = _link("How do I get a token?", "external")
        help_link.clicked.connect(lambda: open_outside(TOKEN_HELP))
        help_link.setToolTip("Opens Grafana's documentation in the browser")
        import_link = _link("Import the k6 CLI's login", "download")
        import_link.setVisible(k6_cli is not None and k6_cli.is_file())
        if k6_cli:
            import_link.clicked.connect(lambda: self._import(k6_cli))
        links = QHBoxLayout()
        links.addWidget(help_link)
        links.addStretch()
        links.addWidget(import_link)

        self._advanced = _link("Advanced", "chevron-right")
        self._advanced.clicked.connect(lambda: self._unfold(is_open=not self.origin.isVisibleTo(self)))
        self._other_kind = _link("", "account")
        self._other_kind.clicked.connect(self._switch_kind)
        more = QHBoxLayout()
        more.addWidget(self._advanced)
        more.addStretch()
        more.addWidget(self._other_kind)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.stack)
        column.addWidget(self._legacy_words)
        column.addWidget(self.token)
        column.addLayout(links)
        column.addLayout(more)
        column.addWidget(self.origin)
        column.addWidget(self.problem)
        column.addStretch()
        self.setFocusProxy(self.stack)
        for field in (self.stack, self.token, self.origin):
            field.line.textEdited.connect(lambda: self.problem.say(""))

        self._show_kind(is_legacy=account is not None and account.is_legacy)
        if account:
            self.stack.line.setText(account.stack_url)
            self.origin.line.setText("" if account.origin == DEFAULT_ORIGIN else account.origin)
            self.setFocusProxy(self.token if account.stack_url or account.is_legacy else self.stack)
        self._unfold(is_open=bool(self.origin.line.text()))

    def read(self) -> tuple[str, str, Secret] | None:
        """API origin, stack URL (empty for a legacy token) and token.

        None when one of them cannot be used, which is then said beside it.
        """
        self.problem.say("")
        stack = "" if self.is_legacy else self.stack.read(stack_url)
        token = self.token.read(clean_token)
        origin = self.origin.read(lambda text: api_origin(text.strip() or DEFAULT_ORIGIN))
        if origin is None:
            self._unfold(is_open=True)
        if stack is not None and token and origin:
            return origin, stack, token
        wrong = self.stack if stack is None else self.token if not token else self.origin
        wrong.line.setFocus()
        return None

    def tell(self, error: CloudError) -> None:
        """Show what the server, or the way to it, had against the login."""
        sentence = str(error)
        if isinstance(error, SignedOut):
            field = self.token
            sentence = (
                "The server does not accept this token: copy the whole of it, or make a new one if it was revoked."
            )
        elif isinstance(error, Forbidden | NotFound) and not self.is_legacy:
            field = self.stack
            sentence = "This token is not for this stack, or there is no such stack."
        elif isinstance(error, Forbidden):
            field = self.token
            sentence = "This token cannot be used without a stack: go back with “My token has a stack” and name it."
        elif isinstance(error, Refused) and error.status in GONE:
            field = self.token
            sentence = "This server has no API for tokens without a stack, or no longer: sign in to a stack instead."
        elif self.origin.line.text().strip():
            field = self.origin
            self._unfold(is_open=True)
        else:
            self.problem.say(sentence)
            return
        field.say(sentence)
        field.line.setFocus()
        field.line.selectAll()

    def _import(self, k6_cli: Path) -> None:
        try:
            login = import_k6_cli(k6_cli)
        except BadLogin as error:
            self.problem.say(str(error))
            return
        self.token.line.setText(login.token.reveal())
        self.token.say("")
        if login.stack_url:
            self._show_kind(is_legacy=False)
            self.stack.line.setText(login.stack_url)
            self.stack.say("")
        self.problem.say("")
        needs_stack = not self.is_legacy and not self.stack.line.text()
        (self.stack if needs_stack else self.token).line.setFocus()

    def _switch_kind(self) -> None:
        self._show_kind(is_legacy=not self.is_legacy)
        (self.token if self.is_legacy else self.stack).line.setFocus()

    def _show_kind(self, *, is_legacy: bool) -> None:
        self.is_legacy = is_legacy
        self.stack.setVisible(not is_legacy)
        self._legacy_words.setVisible(is_legacy)
        self._other_kind.setText("My token has a stack" if is_legacy else "My token has no stack")
        self.token.suggest("" if is_legacy else TOKEN_HINT)
        self.problem.say("")

    def _unfold(self, *, is_open: bool) -> None:
        self._advanced.setIcon(theme.icon("chevron-down" if is_open else "chevron-right", "muted"))
        self.origin.setVisible(is_open)


def _link(words: str, icon: str) -> QToolButton:
    button = QToolButton()
    button.setText(words)
    button.setIcon(theme.icon(icon, "muted"))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
