"""The menus and the toolbar of the window, made from the table of actions, and the menus on things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QWidget

from k6desk.ui import text
from k6desk.ui.action_table import Scope
from k6desk.ui.actions import Actions

if TYPE_CHECKING:
    from k6desk.core.accounts import Account


class Menus(QObject):
    """Puts the actions into the window."""

    account_wanted = Signal(object)  # Account
    opened = Signal()  # a menu of the bar is about to be seen
    closed = Signal()  # the menu on things is gone, and what was chosen in it is done

    def __init__(self, actions: Actions, window: QMainWindow) -> None:
        super().__init__(window)
        self._actions = actions
        self._window = window
        self.accounts = QActionGroup(self)
        """The actions that switch to an account."""
        # An action of a menu is triggered after that is gone, and before the event loop has its turn.
        self._gone = QTimer(self, singleShot=True, interval=0)
        self._gone.timeout.connect(self.closed)
        menus: dict[str, QMenu] = {}
        toolbar = QToolBar("Actions")
        toolbar.setMovable(False)
        toolbar.setIconSize(QSize(18, 18))
        toolbar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        stretch = QWidget()
        stretch.setSizePolicy(stretch.sizePolicy().Policy.Expanding, stretch.sizePolicy().Policy.Preferred)
        for spec, action in actions.all():
            menu = menus.get(spec.menu)
            if menu is None:
                menu = menus[spec.menu] = window.menuBar().addMenu(spec.menu)
                menu.setToolTipsVisible(True)  # a disabled action says why there
                menu.aboutToShow.connect(self.opened)
            if spec.divides:
                menu.addSeparator()
            menu.addAction(action)
            if spec.toolbar:
                if spec.toolbar == "right" and not stretch.parent():
                    toolbar.addWidget(stretch)
                elif spec.divides:
                    toolbar.addSeparator()
                toolbar.addAction(action)
                button = toolbar.widgetForAction(action)
                button.setAccessibleName(spec.text.rstrip("…"))
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        window.addToolBar(toolbar)
        self._account_menu = menus["&Account"]

    def show_accounts(self, accounts: list[Account], current_key: str) -> None:
        """List the accounts to switch between; `account_wanted` tells which one the user chose."""
        for action in self.accounts.actions():
            self._account_menu.removeAction(action)
            self.accounts.removeAction(action)
            action.deleteLater()
        for account in accounts:
            action = QAction(text.on_button(text.one_line(account.name, 60)), self.accounts)
            action.setToolTip(text.tooltip(f"{account.kind}\n{account.stack_url or account.origin}".rstrip()))
            action.setCheckable(True)
            action.setChecked(account.key == current_key)
            action.triggered.connect(lambda *_, account=account: self.account_wanted.emit(account))
        self._account_menu.insertActions(self._account_menu.actions()[0], self.accounts.actions())

    def open_on(self, at: QPoint, *scopes: Scope) -> None:
        """Offer every action on the things of these scopes; `closed` tells when that is over."""
        self._gone.stop()  # that of a menu which this one replaces
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for spec, action in self._actions.all():
            if spec.on in scopes:
                if spec.divides:
                    menu.addSeparator()
                menu.addAction(action)
        menu.aboutToHide.connect(self._gone.start)
        menu.popup(at)
