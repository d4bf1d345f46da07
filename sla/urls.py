from django.urls import path

from sla import calendar_page, clock_page, notices, wishes

app_name = "sla"
urlpatterns = [
    path("calendar/", calendar_page.calendar_page, name="calendar"),
    path("clocks/<int:pk>/", clock_page.clock_page, name="clock"),
    path("clocks/<int:pk>/do/<slug:step>/", clock_page.clock_act, name="clock_act"),
    path("account/notices/", wishes.wishes, name="wishes"),
    path("notices/", notices.notices, name="notices"),
    path("notices/new/", notices.new_notices, name="new_notices"),
    path("notices/read/", notices.read_notices, name="read_notices"),
]
