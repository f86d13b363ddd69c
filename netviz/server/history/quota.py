"""The quota of stored history: at most so many bytes for each host. What exceeds it is dropped, oldest first.

Call these functions only from threads, because they wait for the database.
"""

import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.db.models.functions import Length

from netviz.server.history.models import Keyframe, Segment

# When the quota is exceeded, history is dropped until this share of the quota is used, so that the next change does not
# exceed it again.
_DOWN_TO = 0.9

# Number of rows that one transaction deletes, so that other hosts do not wait long for the database.
_ROWS = 64


def stored_bytes(host: uuid.UUID) -> int:
    """Returns the bytes of a host's stored history."""
    return _bytes(Keyframe.objects.filter(host=host)) + _bytes(Segment.objects.filter(host=host))


def _bytes(rows: QuerySet[Keyframe] | QuerySet[Segment]) -> int:
    return rows.aggregate(bytes=Sum(Length("blob")))["bytes"] or 0


def over_quota(host: uuid.UUID) -> int | None:
    """Returns the number of the keyframe at which the history of the host is to begin from now on, or None if it is
    within the quota.

    The last keyframe always stays: without it, the present topology could not be read.
    """
    quota = settings.HISTORY_MIB << 20
    if stored_bytes(host) <= quota:
        return None
    keyframes = list(Keyframe.objects.filter(host=host).order_by("seq").values_list("seq", flat=True))
    for seq in keyframes:
        kept = _bytes(Keyframe.objects.filter(host=host, seq__gte=seq))
        kept += _bytes(Segment.objects.filter(host=host, last__gt=seq))
        if kept <= quota * _DOWN_TO:
            return seq
    return keyframes[-1] if keyframes else None


@transaction.atomic
def drop_before(host: uuid.UUID, seq: int) -> bool:
    """Deletes some of the rows that only describe the time before keyframe `seq`, oldest first. Returns whether there
    may be more.
    """
    segments = Segment.objects.filter(host=host, last__lte=seq).order_by("first").values_list("id", flat=True)[:_ROWS]
    keyframes = Keyframe.objects.filter(host=host, seq__lt=seq).order_by("seq").values_list("id", flat=True)[:_ROWS]
    old, older = list(segments), list(keyframes)
    Segment.objects.filter(id__in=old).delete()
    Keyframe.objects.filter(id__in=older).delete()
    return _ROWS in (len(old), len(older))


def begins_ms(host: uuid.UUID) -> int | None:
    """Returns when the stored history of a host begins, in milliseconds since 1970; None if there is none.

    The history begins with the host's first change; after the quota has dropped some of it, with the oldest keyframe.
    """
    first = Segment.objects.filter(host=host).order_by("first").values_list("first", "from_ms").first()
    if first is not None and first[0] == 1:
        return first[1]
    oldest = Keyframe.objects.filter(host=host).order_by("seq").values_list("at_ms", flat=True).first()
    return oldest if oldest is not None else first and first[1]
