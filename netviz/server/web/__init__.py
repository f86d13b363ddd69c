"""The interfaces for people and programs: pages, the browser's websocket, and the API."""
