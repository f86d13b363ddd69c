"""History in the database: keyframes (a whole topology) and segments (runs of changes), as compressed lines of JSON.

`model_version` is the protocol (`netviz.wire.frames.PROTOCOL`) of the server that wrote the row. It has no default, so
no row can be written without it.
"""

from typing import ClassVar

from django.db import models

from netviz.server.hosts.models import Host


class Keyframe(models.Model):
    """The whole topology of a host after change `seq`, one entity per line. `at_ms` is in milliseconds since 1970.
    `size` is the number of bytes of the blob after decompression; it is 0 in rows of earlier servers.
    """

    host = models.ForeignKey(Host, on_delete=models.CASCADE)
    seq = models.BigIntegerField()
    at_ms = models.BigIntegerField()
    model_version = models.PositiveSmallIntegerField()
    size = models.BigIntegerField(default=0)
    blob = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["host", "seq"], name="one_keyframe_a_seq")]

    def __str__(self) -> str:
        return f"{self.host_id} at {self.seq}"


class Segment(models.Model):
    """A run of changes of a host, one per line, numbered from `first` to `last`. `from_ms` and `to_ms` are the times of
    the first and the last change.

    A change contains the values that it replaced, so that a reader can go forwards and backwards in time. `size` is the
    number of bytes of the blob after decompression; it is 0 in rows of earlier servers.
    """

    host = models.ForeignKey(Host, on_delete=models.CASCADE)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    from_ms = models.BigIntegerField()
    to_ms = models.BigIntegerField()
    count = models.IntegerField()
    model_version = models.PositiveSmallIntegerField()
    size = models.BigIntegerField(default=0)
    blob = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["host", "first"], name="one_segment_a_first")]
        indexes: ClassVar = [models.Index(fields=["host", "last"])]

    def __str__(self) -> str:
        return f"{self.host_id} {self.first} to {self.last}"
