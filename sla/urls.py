from django.urls import path

from sla import views

app_name = "sla"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_notices, name="read_notices"),
]
