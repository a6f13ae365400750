"""Labels of the stack and of its projects."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from k6desk.api.lenient import bad_answer, clean
from k6desk.api.plans import Label, LabelKey
from k6desk.api.v6.resource import Resource
from k6desk.api.wire import plans, requests

_KEYS = "/cloud/v6/labels"


class Labels(Resource):
    """The operations on labels."""

    async def label_keys(self) -> list[LabelKey]:
        """The labels of the stack."""
        return plans.label_keys(await self._exchange.get(_KEYS))

    async def create_label_key(self, key: str, description: str) -> LabelKey:
        """A new label. `Conflict`: the stack has as many as it may."""
        answer = await self._exchange.act("POST", _KEYS, requests.new_label_keys({key: description}))
        made = next((each for each in plans.label_keys(answer) if each.key == clean(key)), None)
        if made is None:
            raise bad_answer()
        return made

    async def change_label_key(self, key_id: int, key: str, description: str) -> None:
        """Give a label another key or description. `Conflict`: there is one of that key."""
        await self._exchange.act("PATCH", f"{_KEYS}/{key_id}", requests.label_key(key, description))

    async def delete_label_key(self, key_id: int) -> None:
        """Delete a label from the stack and all its projects."""
        await self._exchange.act("DELETE", f"{_KEYS}/{key_id}")

    async def labels(self, project_id: int) -> list[Label]:
        """A project's labels."""
        return plans.labels(await self._exchange.get(_labels_of(project_id)))

    async def set_labels(self, project_id: int, labels: Sequence[Label]) -> list[Label]:
        """Give a project these labels and no other; keys that the stack does not have yet are made.

        `Conflict`: the project or the stack would have too many.
        """
        if labels:
            known = {each.key for each in await self.label_keys()}
            missing = {label.key: "" for label in labels if clean(label.key) not in known}
            if missing:
                await self._exchange.act("POST", _KEYS, requests.new_label_keys(missing))
        return plans.labels(await self._exchange.act("PUT", _labels_of(project_id), requests.labels(labels)))

    async def remove_label(self, project_id: int, key: str) -> None:
        """Take a label from a project."""
        if key in {"", ".", ".."}:
            # As the last step of a path these name what is above: the list of labels, or the project itself.
            kept = [label for label in await self.labels(project_id) if label.key != key]
            await self.set_labels(project_id, kept)
            return
        await self._exchange.act("DELETE", f"{_labels_of(project_id)}/{quote(clean(key), safe='')}")


def _labels_of(project_id: int) -> str:
    return f"/cloud/v6/projects/{project_id}/labels"
