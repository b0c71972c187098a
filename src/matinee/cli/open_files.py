"""How many connections a web worker may have: each is an open file, and the system sets a limit to those."""

from __future__ import annotations

import contextlib
import resource

# Browsers keep a connection for a while after the answer. With few, people would wait for others who only look at a page.
CONNECTIONS_MAX = 16_384
# What a worker has open beside them: the database, the log, what it is reading.
OTHER_FILES = 256


def allow_connections() -> int:
    """Raise the limit of open files, of this process and of those that it starts, as far as the system lets it.

    Return how many connections there is room for: `CONNECTIONS_MAX` at most.
    """
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS_MAX + OTHER_FILES
    if resource.RLIM_INFINITY != allowed < wanted:
        raised = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        # macOS says that there is no limit, and refuses more than its own.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (raised, most))
            allowed = raised
    room = wanted if allowed == resource.RLIM_INFINITY else min(wanted, allowed)
    # Where the system allows next to nothing, half of it.
    return max(room - OTHER_FILES, room // 2)
