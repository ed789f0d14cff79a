"""How the API reads the documents that are sent to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser as FrameworkJSONParser


class JSONParser(FrameworkJSONParser):
    """Reads JSON that can be written again: no nesting beyond the stack, no half of a surrogate pair.

    Either would get past the parser and fail wherever the value is first stored or repeated in an answer.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the document. Raises ParseError."""
        try:
            document = super().parse(stream, media_type, parser_context)
            json.dumps(document, ensure_ascii=False).encode()
        except RecursionError as error:
            raise ParseError("The document is nested too deeply to be read. Send it flatter.") from error
        except UnicodeEncodeError as error:
            raise ParseError("The document holds half of a surrogate pair, which is no character.") from error
        return document
