"""Extracts the messages of the templates and compiles their translations.

python -m tests.messages            updates netviz/locale from the templates and compiles it

A new message is added to the catalogue without a translation. A test fails until the message has a translation.
"""

import io
import os
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "netviz" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
COMPILED = CATALOGUE.with_suffix(".mo")


def said() -> list[str]:
    """Returns every message of the templates, each once, in the order of files and lines."""
    from django.utils.translation.template import templatize

    found: dict[str, None] = {}
    for template in sorted((ROOT / "templates").glob("*.html")):
        source = templatize(template.read_text(encoding="utf-8"), origin=str(template))
        for _, _, message, _ in extract_python(io.BytesIO(source.encode()), {"gettext": None}, [], {}):
            found[str(message)] = None
    return list(found)


def catalogue() -> Catalog:
    """Returns the translations as they are written."""
    with open(CATALOGUE, "rb") as file:
        return read_po(file, locale="zh_Hans")


def compiled(translations: Catalog) -> bytes:
    """Returns the compiled form that Django reads."""
    # The same catalogue always gives the same bytes.
    translations.creation_date = translations.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    out = io.BytesIO()
    write_mo(out, translations)
    return out.getvalue()


def renewed(translations: Catalog) -> str:
    """Returns the catalogue with the current messages of the templates. Known messages keep their translations."""
    out = io.BytesIO()
    new = Catalog(locale="zh_Hans", project="netviz", version="1", msgid_bugs_address="", charset="utf-8", fuzzy=False)
    new.header_comment = "# Messages of templates/; `python -m tests.messages` brings them up to date."
    for message in said():
        known = translations.get(message)
        new.add(message, known.string if known else "")
    write_po(out, new, width=0)
    lines = out.getvalue().decode().split("\n")
    return "\n".join(line for line in lines if not line.startswith(_NOISE))


# Lines of a catalogue's header that contain times and people.
_NOISE = tuple(f'"{word}' for word in ("POT-", "PO-Rev", "Generated-By", "Last-Tr", "Language-Team", "Report-Msgid"))


def main() -> None:
    CATALOGUE.write_text(renewed(catalogue()), encoding="utf-8")
    COMPILED.write_bytes(compiled(catalogue()))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    main()
