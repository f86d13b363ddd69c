"""JSON as bytes are: text in UTF-8, no escapes but those JSON needs."""

from rest_framework.renderers import JSONRenderer as DrfJSONRenderer


class JSONRenderer(DrfJSONRenderer):
    """DRF's renderer; named so that settings have one place to point at."""

    ensure_ascii = False
    charset = "utf-8"
