"""Measures a Belay, ours or the incumbent: both are used by the same lines."""

from __future__ import annotations

import time

from measuring import FIRST, NUMBERS, Plan, mark, report, require, step_s

import belay

_BATCH = 100
"""Calls in a batch and items of a map."""

_COUNTER = """\
class Counter:
    def add(self, a, b):
        return a + b
counter = Counter()
"""
"""An object of the board with a method, for its proxy."""


def main() -> None:
    plan = Plan()
    started = time.perf_counter()
    device = belay.Device(plan.path, **plan.options)
    mark("connect")
    value = device(FIRST[0])
    figures = {"connect_s": time.perf_counter() - started}
    require(value=value, expected=FIRST[1])
    try:
        measure_one_by_one(device, plan, figures)
        if hasattr(device, "batch"):
            measure_together(device, plan, figures)
    finally:
        device.close()
    report(figures)


def measure_one_by_one(device: belay.Device, plan: Plan, figures: dict[str, float]) -> None:
    @device.task
    def add(a, b):
        return a + b

    @device.task
    def count(n):
        i = 0
        while i < n:
            yield i
            i += 1

    @device.task
    def numbers():
        return list(range(100000, 101250))

    device(_COUNTER)
    counter = device.proxy("counter")

    def method(number: int) -> None:
        require(value=counter.add(number, 2), expected=number + 2)

    def call(number: int) -> None:
        require(value=add(number, 2), expected=number + 2)

    def item(number: int) -> None:
        require(value=next(items), expected=number + 1)

    def bulk(_number: int) -> None:
        require(value=numbers(), expected=NUMBERS)

    call(0)  # what a tool does only once, it has done
    mark("first call")
    figures["call_s"] = step_s(call, plan.calls)
    mark("call")
    method(0)
    mark("first method call")
    figures["method_s"] = step_s(method, plan.calls)
    mark("method")
    items = count(plan.calls + 1)
    next(items)
    mark("first item")
    figures["item_s"] = step_s(item, plan.calls)
    mark("item")
    figures["list_s"] = step_s(bulk, plan.lists)
    mark("list")


def measure_together(device: belay.Device, plan: Plan, figures: dict[str, float]) -> None:
    @device.task
    def double(n):
        return n * 2

    doubled = [number * 2 for number in range(_BATCH)]

    def batch(_number: int) -> None:
        with device.batch():
            handles = [double(number) for number in range(_BATCH)]
        require(value=[handle.value for handle in handles], expected=doubled)

    def mapped(_number: int) -> None:
        require(value=double.map(range(_BATCH)), expected=doubled)

    batch(0)  # asks the board once how much memory it has
    mark("first batch")
    figures["batch_s"] = step_s(batch, plan.lists)
    mark("batch")
    figures["map_s"] = step_s(mapped, plan.lists)
    mark("map")


if __name__ == "__main__":
    main()
