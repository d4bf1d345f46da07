from django.urls import path

from sla import clock_page, views

app_name = "sla"
urlpatterns = [
    path("clocks/<int:pk>/", clock_page.clock_page, name="clock"),
    path("clocks/<int:pk>/do/<slug:step>/", clock_page.clock_act, name="clock_act"),
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_notices, name="read_notices"),
]
