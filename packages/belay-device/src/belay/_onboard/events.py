# belay_emit(name, value) tells the host: a note of the kind "m" and a reply's kind, "mq…" if its text is quoted
# once more; the text is "LENGTH:NAME" and what a reply has. Numbers show the host what was lost.
# Timers and interrupts emit too, and some boards run them while they wait for the wire in the middle of a write:
# such an event waits in EQ until that frame is out. EB is whether a frame is under way, EN the next number,
# EW writes. There is no lock: who would wait for it may be what interrupted its owner.
try:
    EW
except NameError:
    EB = EN = 0
    EQ = []
    EW = _belay_w


def _belay_w(b):
    global EB
    # Behind the token stands the kind. Replies do not wait: they would come too late for the prompt behind them.
    if b[5] == 109:
        if len(EQ) < 9:
            EQ.append(b)
        if EB:
            return
        b = 0
    while b or EQ:
        EB = 1
        try:
            EW(b or EQ.pop(0))
        except IndexError:
            0
        finally:
            EB = 0
        b = 0


def belay_emit(name, value=None):
    global EN
    try:
        k, b = V(value)
    except Exception as e:
        k, b = "e", repr(E(e))
    n = str(name)
    b = "%d:%s%s" % (len(n), n, b)
    if "\n" in b:
        k, b = "q" + k, repr(b)
    i = EN
    EN = i + 1 & 0xFFFFFF
    _belay_s(i, "m" + k, b.encode())


G["belay_emit"] = belay_emit
