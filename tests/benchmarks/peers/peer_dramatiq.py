"""Five steps a job as a Dramatiq pipeline: messages and results in Redis.

PEER_REDIS=URL python peer_dramatiq.py JOBS; run again by Dramatiq's own worker processes, which import it.
"""

import os
import subprocess
import sys
import time

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.results import Results
from dramatiq.results.backends import RedisBackend

URL = os.environ["PEER_REDIS"]
broker = RedisBroker(url=URL)
broker.add_middleware(Results(backend=RedisBackend(url=URL)))
dramatiq.set_broker(broker)
counts = redis.Redis.from_url(URL)


@dramatiq.actor(store_results=True)
def first(n: int) -> int:
    """The first step notes when the work began."""
    counts.setnx("began", time.time())
    return n + 1


@dramatiq.actor(store_results=True)
def step(n: int) -> int:
    """A step that does nothing; its result is stored before the next one starts."""
    return n + 1


@dramatiq.actor(store_results=True)
def last(n: int) -> int:
    """The last step counts the job."""
    counts.incr("ended")
    return n + 1


def main(jobs: int) -> None:
    """Queue the jobs, start the workers, and print jobs a second from the first step to the last."""
    for n in range(jobs):
        (first.message(n) | step.message() | step.message() | step.message() | last.message()).run()
    command = [sys.executable, "-m", "dramatiq", "peer_dramatiq", "--processes", "2", "--threads", "8"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as worker:
        while int(counts.get("ended") or 0) < jobs and worker.poll() is None:
            time.sleep(0.01)
        seconds = time.time() - float(counts.get("began") or 0)
        worker.terminate()
    if int(counts.get("ended") or 0) < jobs:
        sys.exit("the workers ended before their work")
    print(jobs / seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]))
