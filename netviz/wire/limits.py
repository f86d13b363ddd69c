"""All limits of the wire, each with its reason. A change applies to all sides."""

# Bytes of one frame: a buffer of a few frames stays small. A snapshot is sent in chunks.
FRAME_BYTES = 1 << 20

# Target size of a snapshot's chunk in bytes: half of a frame, so that one more entity always fits.
CHUNK_BYTES = 1 << 19

# Bytes of all chunks of one snapshot. A host at its budget of 100,000 entities has about 30 MiB.
SNAPSHOT_BYTES = 64 << 20

# Chunks of one snapshot. A chunk can be cut by its number of entities as well as by bytes.
SNAPSHOT_CHUNKS = 1_024

# Entities of one chunk or delta: the longest array in a frame.
ARRAY_ITEMS = 10_000

# Nesting depth of one frame. The deepest valid frame (a delta of a link with port VLANs) has 7.
DEPTH = 16

# Characters of a text field without a limit of its own. The longest kernel string is a path in mountinfo with up to
# 4,096 bytes (an ifalias has 255), and each invisible byte is written with four characters (`\xNN`). So a key with one
# name or path fits.
TEXT_CHARACTERS = 20_480

# Larger integers lose digits in a browser (IEEE 754 double); they are sent as text.
INTEGER = (1 << 53) - 1

# Digits of an integer in JSON before conversion, which is quadratic; Python's own limit is 4,300.
INTEGER_DIGITS = 17

# Entities of one host (its budget). The agent leaves out what exceeds it, and shows that it did.
ENTITIES = 100_000

# Bytes of deltas that an agent keeps for a server that does not acknowledge. Beyond that it drops them and resyncs.
UNACKED_BYTES = 16 << 20

# Frames per second from one agent; above it the server stops reading, and the agent waits, so nothing is lost. An agent
# collects changes for 20 ms, which makes up to 50 deltas a second, and sends states besides.
FRAMES_PER_SECOND = 100

# Seconds that a browser's watch of a namespace lasts without renewal.
WATCH_LEASE_S = 30

# Namespaces that one browser, and all browsers of one host together, may watch at a time.
WATCHES = 8
HOST_WATCHES = 64

# Pending requests of one browser, and of one host; seconds until an answer is late.
REQUESTS = 8
HOST_REQUESTS = 32
REQUEST_S = 10

# Milliseconds between two state frames of one namespace and subject.
STATE_PERIOD_MS = 2_000

# Frames and bytes that may wait for a slow browser; beyond that it must start again with a snapshot.
BROWSER_BACKLOG_FRAMES = 256
BROWSER_BACKLOG_BYTES = 4 << 20
