"""What a person chooses for themselves."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from organization.models import Person


def back(request: HttpRequest) -> str:
    """The page that the form came from, if it is one of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/"


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device has it (empty); kept on the person, so that it follows them to every device."""
    theme = request.POST.get("theme", "")
    if theme and theme not in Person.Theme.values:
        return HttpResponseBadRequest()
    Person.objects.filter(pk=request.user.pk).update(theme=theme)
    return HttpResponseRedirect(back(request))
