"""The API, `/api/v1/`: read only, the same data as in the browser, for programs."""
