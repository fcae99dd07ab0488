"""Five steps a job as a Celery chain: broker and results in Redis, acknowledged only when done.

python peer_celery.py REDIS_URL JOBS; run again by Celery's own worker, which imports ``app`` from here.
"""

import os
import subprocess
import sys
import time

import redis
from celery import Celery, chain

URL = os.environ["PEER_REDIS"]
app = Celery("peer_celery", broker=URL, backend=URL)
app.conf.update(
    task_acks_late=True, worker_prefetch_multiplier=64, result_expires=3600, broker_connection_retry_on_startup=True
)
counts = redis.Redis.from_url(URL)


@app.task
def first(n: int) -> int:
    """The first step notes when the work began."""
    counts.setnx("began", time.time())
    return n + 1


@app.task
def step(n: int) -> int:
    """A step that does nothing; its result is stored before the next one starts."""
    return n + 1


@app.task
def last(n: int) -> int:
    """The last step counts the job."""
    counts.incr("ended")
    return n + 1


def main(jobs: int) -> None:
    """Queue the jobs, start a worker, and print jobs a second from the first step to the last."""
    for n in range(jobs):
        chain(first.s(n), step.s(), step.s(), step.s(), last.s()).apply_async()
    command = [sys.executable, "-m", "celery", "-A", "peer_celery", "worker", "-c", "2", "--loglevel", "ERROR"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as worker:
        while int(counts.get("ended") or 0) < jobs and worker.poll() is None:
            time.sleep(0.01)
        seconds = time.time() - float(counts.get("began") or 0)
        worker.terminate()
    if int(counts.get("ended") or 0) < jobs:
        sys.exit("the worker ended before its work")
    print(jobs / seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]))
