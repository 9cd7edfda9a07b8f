# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several things at a time."""

from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._parallel import at_once, together


class TestTogether:
    """Several at a time."""

    @pytest.mark.parametrize("concurrency", [0, 1, 8])
    def test_order_and_errors(self, concurrency):
        def job(item):
            if item % 3 == 0:
                raise InputError(f"no {item}")
            return item * 2

        outcomes = together(job, range(7), concurrency)
        assert [(item, result) for item, result, _error in outcomes] == [
            (0, None), (1, 2), (2, 4), (3, None), (4, 8), (5, 10), (6, None),
        ]  # fmt: skip
        assert [str(error) for _item, _result, error in outcomes if error] == ["no 0", "no 3", "no 6"]

    @pytest.mark.parametrize("concurrency", [1, 8])
    def test_bugs_are_not_swallowed(self, concurrency):
        with pytest.raises(ZeroDivisionError):
            together(lambda item: 1 / item, [1, 0, 1], concurrency)

    def test_nothing(self):
        assert together(str, [], 8) == []

    def test_at_the_same_time(self):
        gate = threading.Barrier(4)
        outcomes = together(lambda _item: gate.wait(5), range(4), 4)
        assert sorted(result for _item, result, _error in outcomes) == [0, 1, 2, 3]

    @pytest.mark.parametrize("concurrency", [1, 2, 5])
    def test_what_is_nested_has_no_threads_of_its_own(self, concurrency):
        """The bound is of the task, three levels deep, and everything comes to its end."""
        lock, now, most = threading.Lock(), 0, 0

        def job(item):
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.001)  # a request
            with lock:
                now -= 1
            return item

        def nested(item):
            inner = together(lambda number: at_once(lambda: job(number), lambda: job(-number)), range(item), 8)
            return [result for _item, result, _error in inner]

        outcomes = together(nested, range(9), concurrency)
        assert [result for _item, result, _error in outcomes] == [[[n, -n] for n in range(size)] for size in range(9)]
        assert most <= concurrency

    def test_who_has_nothing_to_do_helps_who_has(self):
        threads: set = set()

        def job(_item):
            threads.add(threading.get_ident())
            if len(threads) < 3:
                time.sleep(0.001)

        together(lambda last: last and together(job, range(5000), 8), [False, False, True], 3)
        assert len(threads) == 3

    @pytest.mark.parametrize("concurrency", [1, 2, 8])
    def test_who_is_interrupted_lets_nobody_start_another(self, concurrency):
        class TimeOut(BaseException):
            pass

        started, caller = [], threading.current_thread()

        def job(item):
            started.append(item)
            if threading.current_thread() is caller:
                raise TimeOut
            gate.wait(5)

        gate = threading.Event()
        with pytest.raises(TimeOut):
            together(lambda item: together(job, range(100), 8), range(100), concurrency)
        gate.set()
        for thread in threading.enumerate():
            if thread is not caller and thread.daemon and "help_out" in thread.name:
                thread.join()
        assert len(started) <= 2 * concurrency

    def test_how_many_are_done(self):
        told: list = []
        together(str, range(5), 1, told.append)
        assert told == [1, 2, 3, 4, 5]


class TestAtOnce:
    """Several different things at a time."""

    def test_results_in_order(self):
        gate = threading.Barrier(3)

        def job(result):
            gate.wait(5)
            return result

        assert at_once(lambda: at_once(lambda: job(1), lambda: job(2)), lambda: job(3)) == [[1, 2], 3]

    def test_one_or_none(self):
        assert at_once() == []
        assert at_once(lambda: 1) == [1]

    def test_the_first_error_wins(self):
        def fail(text):
            raise InputError(text)

        with pytest.raises(InputError, match="first"):
            at_once(lambda: 1, lambda: fail("first"), lambda: fail("second"))

    def test_bugs_are_not_swallowed(self):
        with pytest.raises(ZeroDivisionError):
            at_once(lambda: 1 / 0, lambda: 1)
