"""What people and programs use: pages, the browser's websocket, the API."""
