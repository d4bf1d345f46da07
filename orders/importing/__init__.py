"""Import of the sales office's order sheet: preview, correct, confirm (INT-08)."""

from django.http import HttpRequest, HttpResponse
from django.views import View


class ImportUpload(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("")


class ImportConfirm(ImportUpload):
    pass
