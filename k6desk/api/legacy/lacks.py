"""What the old APIs cannot do, said once for each operation, and the methods that say it instead of asking anybody."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from typing import Any

from k6desk.api.errors import NotOffered
from k6desk.api.models import Page
from k6desk.api.operations import Operation


def _sentence(what: str) -> str:
    return f"A token without a stack cannot {what}; sign in to your stack to do that."


LACKS: Mapping[Operation, str] = {
    "note": _sentence("change notes"),
    "star": _sentence("star runs"),
    "save": _sentence("have Grafana keep results longer"),
    "delete_run": _sentence("delete runs"),
    "cost": _sentence("see what runs cost"),
    "create_test": _sentence("create load tests"),
    "upload": _sentence("upload scripts"),
    "rename_test": _sentence("rename load tests"),
    "move": _sentence("move load tests"),
    "delete_test": _sentence("delete load tests"),
    "baseline": _sentence("set a baseline"),
    "schedule": _sentence("see or change schedules"),
    "create_project": _sentence("create projects"),
    "rename_project": _sentence("rename projects"),
    "delete_project": _sentence("delete projects"),
    "limits": _sentence("see or change limits"),
    "allowed_zones": _sentence("see or change which load zones a project may use"),
    "labels": _sentence("see or change labels"),
}


def _refused(sentence: str) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def refuse(*_arguments: object, **_named: object) -> None:
        raise NotOffered(sentence)

    return refuse


def _refused_list(sentence: str) -> Callable[..., AsyncGenerator[Page[Any], None]]:
    pages: tuple[Page[Any], ...] = ()

    async def refuse(*_arguments: object, **_named: object) -> AsyncGenerator[Page[Any], None]:
        for page in pages:  # none: only a yield makes this a list
            yield page
        raise NotOffered(sentence)

    return refuse


class Lacking:
    """The methods of `Cloud` that raise `NotOffered` for a token without a stack."""

    set_note = _refused(LACKS["note"])
    star = _refused(LACKS["star"])
    save = _refused(LACKS["save"])
    delete_run = _refused(LACKS["delete_run"])

    test_script = _refused(_sentence("read the script that a load test would run today, only that of a run"))
    create_test = _refused(LACKS["create_test"])
    upload_script = _refused(LACKS["upload"])
    rename_test = _refused(LACKS["rename_test"])
    set_baseline = _refused(LACKS["baseline"])
    move_test = _refused(LACKS["move"])
    delete_test = _refused(LACKS["delete_test"])
    estimate = _refused(_sentence("learn what a run would cost"))

    schedules = _refused_list(LACKS["schedule"])
    schedule_of_test = _refused(LACKS["schedule"])
    schedule = _refused(LACKS["schedule"])
    set_schedule = _refused(LACKS["schedule"])
    activate_schedule = _refused(LACKS["schedule"])
    delete_schedule = _refused(LACKS["schedule"])

    create_project = _refused(LACKS["create_project"])
    rename_project = _refused(LACKS["rename_project"])
    delete_project = _refused(LACKS["delete_project"])
    limits = _refused(LACKS["limits"])
    all_limits = _refused_list(LACKS["limits"])
    set_limits = _refused(LACKS["limits"])

    allowed_zones = _refused(LACKS["allowed_zones"])
    set_allowed_zones = _refused(LACKS["allowed_zones"])
    allowed_projects = _refused(LACKS["allowed_zones"])
    set_allowed_projects = _refused(LACKS["allowed_zones"])

    label_keys = _refused(LACKS["labels"])
    create_label_key = _refused(LACKS["labels"])
    change_label_key = _refused(LACKS["labels"])
    delete_label_key = _refused(LACKS["labels"])
    labels = _refused(LACKS["labels"])
    set_labels = _refused(LACKS["labels"])
    remove_label = _refused(LACKS["labels"])
