"""Refuse what is far larger than anything that the site takes, before it is read."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

LARGEST_REQUEST: Final = 12_000_000
"""Bytes of a form with its files: a course's archive may have five million, a file of grades fewer."""


class UploadTooLarge(RequestDataTooBig):
    """A form with files is larger than the site reads."""


class BoundedUpload(FileUploadHandler):
    """Passes files on to the handlers after it, unless what is sent is too large: then none of it is read."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 - Django's own name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse with UploadTooLarge by the size that the request states, past which the server reads nothing."""
        if content_length > LARGEST_REQUEST:
            raise UploadTooLarge(f"The form has {content_length:,} bytes; {LARGEST_REQUEST:,} is the most.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass a piece of a file on."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers after this one."""
