"""What every page shows of the person's own choice."""

from typing import Any

from django.http import HttpRequest


def theme(request: HttpRequest) -> dict[str, Any]:
    """`theme` for the root element: light, dark, or nothing (as the device has it). Rendered by the server, so no page flashes."""
    user = getattr(request, "user", None)
    return {"theme": user.theme} if user is not None and user.is_authenticated else {}
