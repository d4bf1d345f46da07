"""The limit of a page: the same rows, read in as few statements as Django needs, in a plain template without any shell."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from core.models import Fact
from orders.models import LineMovement, Order
from sla.models import RunningClock

ROWS = """<!doctype html><table>{% for o in orders %}<tr>
<td><a href="{{ o.get_absolute_url }}">{{ o.number }}</a><td>{{ o.customer.name }}<td>{{ o.customer_reference }}
<td>{{ o.get_state_display }}<td>{{ o.get_order_class_display }}<td>{{ o.product_company.short_name }}
<td>{{ o.wanted_date|date:"Y-m-d" }}<td>{{ o.promised_date|date:"Y-m-d" }}<td>{{ o.amount }}<td>{{ o.currency }}
<td>{{ o.clerk_post.holder.name }}{% endfor %}</table>"""
ONE = """<!doctype html><h1>{{ o.number }} {{ o.get_state_display }}</h1>
<p>{{ o.customer.name }} {{ o.contact_name }} {{ o.delivery_address }} {{ o.amount }} {{ o.wanted_date|date:"Y-m-d" }}
{{ o.promised_date|date:"Y-m-d" }} {{ o.clerk_post.holder.name }} {{ o.payment_term.name }}</p>
<table>{% for l in lines %}<tr><td>{{ l.line_no }}<td>{{ l.item.code }}<td>{{ l.item.name_zh }} {{ l.spec }}
<td>{{ l.quantity }} {{ l.unit.code }}<td>{{ l.unit_price }}<td>{{ l.amount }}{% endfor %}</table>
<p>{% for m in movements %}{{ m.kind }} {{ m.quantity }} {% endfor %}</p>
<ul>{% for c in clocks %}<li>{{ c.name }} {{ c.due_at|date:"m-d H:i" }}{% endfor %}</ul>
<ul>{% for f in facts %}<li>{{ f.at|date:"m-d H:i" }} {{ f.kind }} {{ f.actor_name }}{% endfor %}</ul>"""
OF_LIST = ("customer", "product_company", "clerk_post__holder")
OF_ORDER = ("customer__grade", "sales_company", "product_company", "payment_term", "clerk_post__holder")


def page(text: str, context: dict, request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    return HttpResponse(COMPILED[text].render(context))


COMPILED = {text: engines["django"].from_string(text) for text in (ROWS, ONE)}


def rows(request: HttpRequest) -> HttpResponse:
    return page(ROWS, {"orders": Order.objects.select_related(*OF_LIST).order_by("-pk")[:25]}, request)


def one(request: HttpRequest, number: str) -> HttpResponse:
    order = Order.objects.select_related(*OF_ORDER).get(number=number)
    context = {
        "o": order,
        "lines": order.lines.select_related("item", "unit").order_by("line_no"),
        "movements": LineMovement.objects.filter(order=order),
        "clocks": RunningClock.objects.open().filter(order_id=order.pk),
        "facts": Fact.objects.filter(order_id=order.pk).order_by("-id")[:30],
    }
    return page(ONE, context, request)


urlpatterns = [path("bare/rows", rows), path("bare/<str:number>", one), path("", include("config.urls"))]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"]
