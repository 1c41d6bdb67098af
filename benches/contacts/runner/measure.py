"""Runs one program and says what it cost: `measure.py OUTPUT PROGRAM ARGUMENT...`.

It is a process of its own because the peak memory of a child is counted from the size of its parent on, and
this one stays small: about 10 MB, below which nothing can be told.
"""

import json
import os
import sys
import time


def main():
    output, *command = sys.argv[1:]
    to_file = [(os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)]
    begun = time.monotonic()
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=to_file)
    _, status, used = os.wait4(process, 0)
    print(json.dumps({
        "code": os.waitstatus_to_exitcode(status),
        "cpu_secs": used.ru_utime + used.ru_stime,
        "wall_secs": time.monotonic() - begun,
        # Linux counts in KiB, macOS in bytes.
        "peak_bytes": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }))


if __name__ == "__main__":
    main()
