"""The model's own laws. `python -m unittest discover -s benches/scale`"""

import unittest

from model import Item, Model, Parameters, bends_first, run, with_

SMALL = Parameters(calls_at_once=200, mapping_per_minute=1e9)


class Laws(unittest.TestCase):
    def test_little_s_law(self):
        result = run(SMALL, 600, 6_000)
        # Calls in progress are as many as begin in the time that one stays.
        self.assertAlmostEqual(result.mean_in_progress, result.starts_per_s() * result.mean_stay_s, delta=0.03 * result.mean_in_progress)

    def test_nothing_is_lost_and_nothing_comes_of_itself(self):
        result = run(SMALL, 100, 1_000)
        self.assertEqual(result.in_progress_at_start + result.begun - result.ended, result.in_progress_at_end)
        self.assertGreater(result.begun, 0)

    def test_the_limit_holds_at_every_moment(self):
        for seed in range(5):
            result = run(with_(SMALL, transaction_ms=1.0), 0, 1_000, seed)
            self.assertLessEqual(result.most_in_progress, SMALL.calls_at_once)

    def test_slots_and_dialers_are_those_of_the_calls(self):
        model = Model(SMALL, 3)
        model.run(0, 500)
        self.assertGreaterEqual(model.slots[0], model.live)
        self.assertGreaterEqual(model.dialers[0], model.slots[0])
        self.assertGreaterEqual(model.due[0], len(model.queued[0]))

    def test_the_same_seed_gives_the_same_run(self):
        self.assertEqual(run(SMALL, 50, 300, 7), run(SMALL, 50, 300, 7))

    def test_a_small_queue_is_full(self):
        result = run(SMALL, 600, 3_000)
        self.assertGreater(result.use(200), 0.97)


class Bends(unittest.TestCase):
    def test_two_transactions_that_meet(self):
        item = Item(1_000)
        self.assertEqual(item.take(0.0, 2, 0.012), "done")
        self.assertEqual(item.take(0.005, 2, 0.012), "conflict")
        self.assertEqual(item.take(0.020, 2, 0.012), "done")

    def test_an_item_has_so_many_units_a_second(self):
        item = Item(10)
        done = sum(item.take(second / 100, 1, 0.0) == "done" for second in range(1_000))
        self.assertTrue(100 <= done <= 111, done)

    def test_one_mapping_holds_so_many_calls(self):
        result = run(with_(SMALL, mapping_max=100), 300, 1_000)
        self.assertEqual(bends_first(result), "mapping")
        self.assertLessEqual(result.most_in_progress, 100)

    def test_the_account_s_concurrency(self):
        result = run(with_(SMALL, account_concurrency=120), 300, 1_000)
        self.assertEqual(bends_first(result), "account")
        self.assertLessEqual(result.most_in_progress, 100)

    def test_a_platform_that_takes_few_starts(self):
        result = run(with_(SMALL, platform_starts_per_s=0.5), 300, 2_000)
        self.assertAlmostEqual(result.starts_per_s(), 0.5, delta=0.02)

    def test_a_slow_item_bends_and_another_cell_helps(self):
        slow = with_(SMALL, transaction_ms=400.0)
        one, four = run(slow, 300, 1_000), run(with_(slow, cells=4), 300, 1_000)
        self.assertEqual(bends_first(one), "conflict")
        self.assertGreater(four.mean_in_progress, one.mean_in_progress * 1.5)


if __name__ == "__main__":
    unittest.main()
