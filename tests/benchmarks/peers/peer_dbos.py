"""Five steps a job as a DBOS workflow on SQLite: each step's result is recorded before the next one starts.

python peer_dbos.py JOBS, in an empty folder.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from dbos import DBOS, DBOSConfig

config: DBOSConfig = {
    "name": "peer",
    "system_database_url": "sqlite:///peer.sqlite",
    "run_admin_server": False,
    "log_level": "ERROR",
}
DBOS(config=config)


@DBOS.step()
def step(n: int) -> int:
    """A step that does nothing."""
    return n + 1


@DBOS.workflow()
def job(n: int) -> int:
    """Five steps."""
    for _ in range(5):
        n = step(n)
    return n


def main(jobs: int) -> None:
    """Run the jobs, eight at once, and print jobs a second."""
    DBOS.launch()
    with ThreadPoolExecutor(8) as pool:
        began = time.perf_counter()
        done = list(pool.map(job, range(jobs)))
        seconds = time.perf_counter() - began
    DBOS.destroy()
    if done != [n + 5 for n in range(jobs)]:
        sys.exit("wrong results")
    print(jobs / seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]))
