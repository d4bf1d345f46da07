"""Entry by hand: the pages on which a clerk registers and corrects orders (INT-01, INT-02, INT-04, INT-12)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import View


class OrderNew(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("")


class OrderEdit(View):
    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return HttpResponse(number)


def complete_item(request: HttpRequest) -> HttpResponse:
    return JsonResponse([], safe=False)
