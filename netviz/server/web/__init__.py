"""What people and programs meet: pages, the browser's websocket, the API."""
