"""Many calls at the same moment."""

import threading


def at_once(count, call):
    """What each of `count` threads was given by `call`, all let go together; in the order in which they ended."""
    answers = []
    barrier = threading.Barrier(count)

    def run():
        barrier.wait()
        answers.append(call())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
