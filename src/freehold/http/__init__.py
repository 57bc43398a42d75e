"""The HTTP edge: routes that are declared once, and the ASGI application and server made from them."""
