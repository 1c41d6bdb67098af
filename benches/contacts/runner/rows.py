"""What a program said of each row."""

import re
from array import array
from dataclasses import dataclass

LINE = re.compile(rb'\{"line":(\d+),"(phone|reason|first_line)":(?:"\+(\d+)")?')
REJECTED, DUPLICATE = 1, 2


@dataclass
class Rows:
    accepted: int
    rejected: int
    duplicate: int
    # By line: the number, or one of the two values above; 0 where nothing was said.
    said: array

    def different(self, other):
        """Lines of which the other says something else."""
        return sum(a != b for a, b in zip(self.said, other.said))


def read(file, row_count):
    said = array("Q", bytes(8 * (row_count + 2)))
    counts = {b"phone": 0, b"reason": 0, b"first_line": 0}
    with open(file, "rb") as lines:
        for text in lines:
            line, kind, number = LINE.match(text).groups()
            counts[kind] += 1
            said[int(line)] = {b"reason": REJECTED, b"first_line": DUPLICATE}.get(kind) or int(number)
    return Rows(counts[b"phone"], counts[b"reason"], counts[b"first_line"], said)
