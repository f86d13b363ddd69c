"""The API, `/api/v1/`: read only; the same facts as the browser's, for programs."""
