"""Drive a board from asyncio: read it, hear it, and give up what takes too long.

python examples/async_tasks.py sim:            a simulated board
python examples/async_tasks.py /dev/ttyACM0    a real one
"""

import asyncio
import sys

import belay


class Board(belay.Device):
    @belay.Device.setup
    def start_clock(period_ms):
        timer = Timer(-1, period=period_ms, callback=lambda timer: belay_emit("tick", time.ticks_ms()))

    @belay.Device.teardown(ignore_errors=True)
    def stop_clock():
        timer.deinit()

    @belay.Device.task
    def double(value):
        return value * 2

    @belay.Device.task
    def wait_for_ever():
        while True:
            pass


async def show_ticks(board, count):
    stream = board.events.listen("tick")
    async for event in stream:
        print("tick at", event.value, "ms")
        count -= 1
        if not count:
            break


async def main(address):
    board = await asyncio.to_thread(Board, address)
    try:
        ticks = asyncio.create_task(show_ticks(board, 3))
        await board.aio.start_clock(50)
        print("doubled:", await asyncio.gather(*(board.aio.double(n) for n in range(5))))
        await ticks
        await board.aio.stop_clock()  # an interrupt that hits its callback would be printed
        try:
            await asyncio.wait_for(board.aio.wait_for_ever(), timeout=0.2)
        except asyncio.TimeoutError:
            print("given up; the board answers:", await board.aio.double(21))
    finally:
        await board.aio.close()


asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else None))
