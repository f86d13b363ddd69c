"""Every cap of the wire in one place, each with its reason. Whoever changes one changes it for all sides."""

# Bytes of one frame. Small enough that a socket's buffer of a few frames cannot hurt; a snapshot goes in chunks.
FRAME_BYTES = 1 << 20

# Bytes an encoder aims at in a chunk of a snapshot: half the cap, so that one more entity always fits.
CHUNK_BYTES = 1 << 19

# Bytes of all chunks of one snapshot: a host at its budget of 100,000 entities has about 30 MiB.
SNAPSHOT_BYTES = 64 << 20

# Chunks of one snapshot: a chunk may be cut by entities as well as by bytes.
SNAPSHOT_CHUNKS = 1_024

# Entities of one chunk or delta: the longest array of a frame.
ARRAY_ITEMS = 10_000

# Nesting of one frame. The deepest frame of ours (a delta of a link with port VLANs) has 7.
DEPTH = 16

# Characters of a text field without a cap of its own. The longest text of the kernel's is an ifalias, 255 bytes, each
# written with four characters where it does not show (`\xNN`); a path in mountinfo may have 4,096 bytes and is the
# longest of all, so a key that holds one name or a path fits.
TEXT_CHARACTERS = 20_480

# Integers beyond this lose digits in a browser (IEEE 754 double); wider ones travel as text.
INTEGER = (1 << 53) - 1

# Digits of an integer in JSON before it is converted: Python refuses 4,300, and conversion is quadratic.
INTEGER_DIGITS = 17

# Entities of one host (its budget): beyond it the agent cuts, visibly.
ENTITIES = 100_000

# Deltas an agent keeps for a server that does not acknowledge, in bytes; beyond it, it forgets them and resyncs.
UNACKED_BYTES = 16 << 20

# Frames a second from one agent, beyond which the window closes (nothing is lost: the agent waits). An agent gathers
# changes for 20 ms, which makes 50 deltas a second at most, and sends states beside them.
FRAMES_PER_SECOND = 100

# Seconds that a browser's watch of a namespace holds without being renewed.
WATCH_LEASE_S = 30

# Namespaces one browser may watch at a time, and all browsers of one host together.
WATCHES = 8
HOST_WATCHES = 64

# Requests of one browser, and of one host, that may wait for their answer; seconds until an answer is late.
REQUESTS = 8
HOST_REQUESTS = 32
REQUEST_S = 10

# Milliseconds between two state frames of one namespace and subject.
STATE_PERIOD_MS = 2_000

# What a slow browser may have waiting, in frames and bytes, before it must begin again.
BROWSER_BACKLOG_FRAMES = 256
BROWSER_BACKLOG_BYTES = 4 << 20
