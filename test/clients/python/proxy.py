"""A network that fails: a TCP proxy that cuts after so many bytes, is slow, or swallows what it is sent."""

import asyncio
import threading
from urllib.parse import urlsplit


class Proxy:
    """To the server at `url`. Each connection is cut once so many bytes have gone up, or have come down."""

    def __init__(self, url, *, up=None, down=None, cuts=1, delay=0.0):
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self.up, self.down, self.cuts, self.delay = up, down, cuts, delay
        self.connections = 0
        self.bytes = {"up": 0, "down": 0}
        self.muted = False
        self._writers = set()
        self._loop = asyncio.new_event_loop()
        self._server = None
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        assert ready.wait(10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _run(self, ready):
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        ready.set()
        self._loop.run_forever()

    async def _serve(self, reader, writer):
        self.connections += 1
        try:
            their_reader, their_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        ends = (writer, their_writer)
        self._writers.update(ends)
        await asyncio.gather(self._pass("up", reader, ends[1], ends), self._pass("down", their_reader, ends[0], ends))
        for end in ends:
            self._writers.discard(end)
            end.transport.abort()

    async def _pass(self, way, reader, writer, ends):
        passed = 0
        try:
            while data := await reader.read(65536):
                if self.delay:
                    await asyncio.sleep(self.delay)
                if self.muted:
                    continue
                limit = getattr(self, way)
                if limit is not None and self.cuts > 0 and passed + len(data) > limit:
                    self.cuts -= 1
                    writer.write(data[: limit - passed])
                    await asyncio.sleep(0)
                    for end in ends:
                        end.transport.abort()
                    return
                passed += len(data)
                self.bytes[way] += len(data)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        for end in ends:
            end.transport.abort()

    def cut(self):
        """All connections, now."""
        self._loop.call_soon_threadsafe(lambda: [writer.transport.abort() for writer in list(self._writers)])

    def close(self):
        def stop():
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            self._loop.call_later(0.05, self._loop.stop)

        self._loop.call_soon_threadsafe(stop)
