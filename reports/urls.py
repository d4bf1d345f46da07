"""What is measured and shown to those who lead; nothing is done here."""

from django.urls import path

from reports import clock_page, issued_page
from reports.records import ClockRecords

app_name = "reports"
urlpatterns = [
    path("clocks/", clock_page.clock_compliance, name="clocks"),
    path("clocks/records/", ClockRecords.as_view(), name="clock_records"),
    path("clocks/issued/", issued_page.issued_list, name="issued_list"),
    path("clocks/issued/<int:pk>/", issued_page.issued, name="issued"),
]
