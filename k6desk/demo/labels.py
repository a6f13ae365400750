"""Labels: the keys that a stack has, and the values that its projects give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from k6desk.demo.inventory import ConflictError

_MOST_KEYS = 100
_MOST_PAIRS = 500


@dataclass(frozen=True, slots=True)
class LabelKey:
    """A label that projects can have."""

    id: int
    key: str
    description: str | None


class Labels:
    """The keys, and by project id the values by key id."""

    def __init__(self) -> None:
        self._keys: dict[int, LabelKey] = {}
        self._values: dict[int, dict[int, str]] = {}
        self._count = 0

    def all(self) -> list[LabelKey]:
        """All keys, the oldest first."""
        return list(self._keys.values())

    def key(self, key_id: int) -> LabelKey | None:
        """A key by its id."""
        return self._keys.get(key_id)

    def named(self, key: str) -> LabelKey | None:
        """A key by its name."""
        return next((known for known in self._keys.values() if known.key == key), None)

    def create(self, keys: Sequence[tuple[str, str | None]]) -> None:
        """New keys with their descriptions; ConflictError when one is there already or there are too many."""
        if taken := next((key for key, _ in keys if self.named(key)), None):
            raise ConflictError(f"There is a label key {taken!r} already.")
        if len(self._keys) + len(keys) > _MOST_KEYS:
            raise ConflictError(f"The maximum number of label keys ({_MOST_KEYS}) is exceeded.")
        for key, description in keys:
            self._count += 1
            self._keys[self._count] = LabelKey(self._count, key, description)

    def change(self, label: LabelKey, key: str, description: str | None) -> LabelKey:
        """Give a key another name or description; ConflictError when the name is taken."""
        if key != label.key and self.named(key):
            raise ConflictError(f"There is a label key {key!r} already.")
        self._keys[label.id] = changed = replace(label, key=key, description=description)
        return changed

    def remove(self, label: LabelKey) -> None:
        """Delete a key from the stack and from its projects."""
        del self._keys[label.id]
        for values in self._values.values():
            values.pop(label.id, None)

    def of_project(self, project_id: int) -> list[tuple[LabelKey, str]]:
        """The labels of a project."""
        return [(self._keys[key_id], value) for key_id, value in self._values.get(project_id, {}).items()]

    def put(self, project_id: int, values: Mapping[int, str]) -> None:
        """Replace the labels of a project; ConflictError when the stack would have too many different ones."""
        others = (pair for other, pairs in self._values.items() if other != project_id for pair in pairs.items())
        if len({*others, *values.items()}) > _MOST_PAIRS:
            raise ConflictError(f"The maximum number of different labels ({_MOST_PAIRS}) is exceeded.")
        self._values[project_id] = dict(values)

    def take(self, project_id: int, label: LabelKey) -> bool:
        """Take a label from a project; False when it has none such."""
        return self._values.get(project_id, {}).pop(label.id, None) is not None

    def forget_project(self, project_id: int) -> None:
        """Forget a project's labels."""
        self._values.pop(project_id, None)
