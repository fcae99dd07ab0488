"""What the search index has to look at again, noted in the transaction of the change."""

import json
from collections.abc import Sequence
from typing import Any


def note_again(raw: Any, product_ids: Sequence[int]) -> None:
    """Products came back under ids they had before: the index may have passed these while they were away.

    For inserts with ids of one's own choice; changed words are noted by the database's own trigger.
    """
    raw.execute("INSERT INTO search_note (product_id) SELECT value FROM json_each(?)", (json.dumps(list(product_ids)),))
