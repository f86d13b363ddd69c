"""The API for programs, `/api/v1/`. It is read-only, and has the same data as the browser's page."""
