"""Each part's output is read as it is printed. `python -m unittest discover -s benches`"""

import re
import unittest

import run

COLD_START = """
| program | file | init, wall | init, CPU | × hello | of Python | of Node | idle | after a request | CPU with a request | asked of AWS |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
| hello-lambda | 1.2 MB | 4.0 ms | 3.0 ms | 1.0 | 1/100 | 1/80 | 4.0 MB | 4.1 MB | 3.5 ms | 0 |
| Python, boto3 |  | 400.0 ms | 300.0 ms | 100.0 | 1/1 | 1/1 | 46.0 MB | 46.5 MB | 340.0 ms | 1 |
| Node, client-dynamodb |  | 300.0 ms | 240.0 ms | 80.0 | 1/1 | 1/1 | 60.0 MB | 61.0 MB | 290.0 ms | 1 |
| dialer | 8.0 MB | 9.0 ms | 7.0 ms | 2.3 | 1/43 | 1/34 | 12.0 MB | 14.0 MB | 9.0 ms | 4 |
| admin-api | 9.5 MB | 10.0 ms | 8.0 ms | 2.7 | 1/38 | 1/30 | 15.0 MB | 16.0 MB | 9.0 ms | 4 |
"""
WEBHOOK = """200000 bytes, 500 turns
| step | p50 | p99 | beside the anchor |
|---|---:|---:|---:|
| anchor: both | 350 µs | 400 µs | 1.00 |
| a delivery, without the store's calls | 490 µs | 900 µs | 1.40 |

500 deliveries a second
"""
CONTACTS = """
contacts.csv, 60 MB
  met      at most 1.4 times the CPU of bare: 1.12
  met      at most 64 MB of memory: 21.0 MB
  NOT met  Python needs at least 15 times the CPU: 14.2
"""
SLOTS = """
| calls allowed | in progress on average | of those allowed | most at one time | idle between two calls |
|---:|---:|---:|---:|---:|
| 5 | 4.93 | 98.6 % | 5 | 0.40 s |
"""
MANY = """
|  | 100 calls, p50 / p99 | 100000 calls, p50 / p99 | ratio |
| --- | ---: | ---: | ---: |
| list: all | 5.0 / 9.0 ms | 5.5 / 9.9 ms | 1.10 |
| page: calls | 100.0 / 120.0 ms | 110.0 / 130.0 ms | 1.10 |
"""
COSTS = """
| | USD |
|---|---:|
| 1,000 calls of a campaign, 3 min each | 0.614 |

**One call of a campaign, of 3 minutes**

| function | write units | read units | SQS | USD for 1,000 |
|---|---:|---:|---:|---:|
| dialer | 77.85 | 121 | 2.00 | 0.4906 |
| **all** | 170 | 274 | 3.35 | 0.6142 |

**One call that comes in, of 3 minutes**

| function | write units | read units | SQS | USD for 1,000 |
|---|---:|---:|---:|---:|
| **all** | 240 | 272 | 0 | 0.7743 |
"""


class Reading(unittest.TestCase):
    def test_cold_start(self):
        rows = run.cold_start(COLD_START)
        self.assertEqual([row.ratio for row in rows], ["2.7×", "1/38", "1/30", "", ""])
        self.assertIn("admin-api", rows[0].what)
        self.assertEqual(rows[4].measured, "9.5 MB")

    def test_webhook(self):
        self.assertEqual(run.webhook(WEBHOOK)[0].ratio, "1.40×")

    def test_contacts(self):
        rows = run.contacts(CONTACTS)
        self.assertEqual([row.ratio for row in rows], ["1.12×", "", "14.2×"])
        self.assertEqual(rows[1].measured, "21.0 MB")
        self.assertIn("csv of 60 MB", rows[0].what)

    def test_costs(self):
        rows = run.costs(COSTS)
        self.assertEqual([row.measured for row in rows], ["0.614 USD", "170", "274"])
        self.assertEqual(rows[1].goal, "< 25")

    def test_slots(self):
        self.assertEqual(run.slots(SLOTS)[0].ratio, "98.6 %")

    def test_many(self):
        rows = run.many(MANY)
        self.assertEqual([(row.measured, row.anchor, row.ratio) for row in rows], [("5.5 ms", "with the fewest 5.0 ms", "1.10×")])

    def test_the_table_is_a_table(self):
        text = run.table(run.webhook(WEBHOOK))
        self.assertTrue(all(line.count("|") == 6 for line in text.splitlines()))

    def test_each_part_has_a_target(self):
        makefile = (run.ROOT / "Makefile").read_text()
        for part in run.PARTS:
            self.assertRegex(makefile, re.compile(rf"^{re.escape(part.command[1])}:", re.MULTILINE))


if __name__ == "__main__":
    unittest.main()
