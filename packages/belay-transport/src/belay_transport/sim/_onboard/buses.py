# The simulated board's `machine.I2C`, `SPI` and `UART`: what a test attached answers.

_SIM_PIECE = 1024  # the most that one question brings, so that an answer comes in one piece


class I2C:
    def __init__(self, id=0, *, scl=None, sda=None, freq=400000, timeout=50000):
        self._id = id
        self._word = _sim_word(id)
        self._freq = freq

    def init(self, *, scl=None, sda=None, freq=400000):
        self._freq = freq

    def deinit(self):
        pass

    def scan(self):
        return [int(n) for n in _sim_ask("scan " + self._word).split()]

    def _write(self, address, data):
        n = int(_sim_ask("write %s %d" % (self._word, address), data))
        _sim_note("I2C", self._word, "write:0x%02x" % address, data)
        return n

    def _read(self, address, count, register=b""):
        parts = []
        while True:
            piece = min(count, _SIM_PIECE)
            parts.append(bytes.fromhex(_sim_ask("read %s %d %d" % (self._word, address, piece), register)))
            count -= piece
            register = b""
            if count <= 0:
                break
        data = b"".join(parts)
        _sim_note("I2C", self._word, "read:0x%02x" % address, data)
        return data

    def writeto(self, addr, buf, stop=True):
        return self._write(addr, bytes(buf))

    def writevto(self, addr, vector, stop=True):
        return self._write(addr, b"".join(bytes(b) for b in vector))

    def readfrom(self, addr, nbytes, stop=True):
        return self._read(addr, nbytes)

    def readfrom_into(self, addr, buf, stop=True):
        buf[:] = self._read(addr, len(buf))

    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        self._write(addr, memaddr.to_bytes(addrsize // 8, "big") + bytes(buf))

    def readfrom_mem(self, addr, memaddr, nbytes, *, addrsize=8):
        return self._read(addr, nbytes, memaddr.to_bytes(addrsize // 8, "big"))

    def readfrom_mem_into(self, addr, memaddr, buf, *, addrsize=8):
        buf[:] = self.readfrom_mem(addr, memaddr, len(buf), addrsize=addrsize)

    def __repr__(self):
        return "I2C(%r, freq=%d)" % (self._id, self._freq)


class SoftI2C(I2C):
    def __init__(self, scl=None, sda=None, *, freq=400000, timeout=50000):
        I2C.__init__(self, 0, scl=scl, sda=sda, freq=freq)


class SPI:
    MSB = 0
    LSB = 1

    def __init__(
        self,
        id=0,
        baudrate=1000000,
        *,
        polarity=0,
        phase=0,
        bits=8,
        firstbit=0,
        sck=None,
        mosi=None,
        miso=None,
    ):
        self._id = id
        self._word = _sim_word(id)
        self._baudrate = baudrate

    def init(
        self, baudrate=1000000, *, polarity=0, phase=0, bits=8, firstbit=0, sck=None, mosi=None, miso=None
    ):
        self._baudrate = baudrate

    def deinit(self):
        pass

    def write(self, buf):
        _sim_note("SPI", self._word, "write", buf)

    def _take(self, count):
        parts = []
        while count > 0:
            piece = min(count, _SIM_PIECE)
            parts.append(bytes.fromhex(_sim_ask("take SPI %s %d" % (self._word, piece))))
            count -= piece
        return b"".join(parts)

    def readinto(self, buf, write=0):
        # Where nothing answers, the line reads as zero.
        data = self._take(len(buf))
        buf[:] = data + bytes(len(buf) - len(data))
        _sim_note("SPI", self._word, "read", buf)

    def read(self, nbytes, write=0):
        buf = bytearray(nbytes)
        self.readinto(buf, write)
        return bytes(buf)

    def write_readinto(self, write_buf, read_buf):
        if len(write_buf) != len(read_buf):
            raise ValueError("buffers must be the same length")
        _sim_note("SPI", self._word, "write", write_buf)
        self.readinto(read_buf)

    def __repr__(self):
        return "SPI(%r, baudrate=%d)" % (self._id, self._baudrate)


class SoftSPI(SPI):
    def __init__(
        self, baudrate=500000, *, polarity=0, phase=0, bits=8, firstbit=0, sck=None, mosi=None, miso=None
    ):
        SPI.__init__(self, 0, baudrate)


class UART:
    def __init__(self, id=1, baudrate=9600, **k):
        self._id = id
        self._word = _sim_word(id)
        self._baudrate = baudrate

    def init(self, baudrate=9600, **k):
        self._baudrate = baudrate

    def deinit(self):
        pass

    def any(self):
        return int(_sim_ask("waiting UART " + self._word))

    def write(self, buf):
        data = buf.encode() if isinstance(buf, str) else bytes(buf)
        for a in range(0, len(data), 1024):
            _sim_note("UART", self._word, "write", data[a : a + 1024])
        return len(data)

    def read(self, nbytes=-1):
        parts = []
        left = self.any() if nbytes < 0 else nbytes
        while left > 0:
            part = bytes.fromhex(_sim_ask("take UART %s %d" % (self._word, min(left, _SIM_PIECE))))
            if not part:
                break
            parts.append(part)
            left -= len(part)
        return b"".join(parts) or None

    def readinto(self, buf, nbytes=-1):
        data = self.read(len(buf) if nbytes < 0 else min(nbytes, len(buf)))
        if data is None:
            return None
        buf[: len(data)] = data
        return len(data)

    def readline(self):
        line = b""
        while line[-1:] != b"\n":
            part = self.read(1)
            if part is None:
                break
            line += part
        return line or None

    def flush(self):
        pass

    def txdone(self):
        return True

    def __repr__(self):
        return "UART(%r, baudrate=%d)" % (self._id, self._baudrate)
