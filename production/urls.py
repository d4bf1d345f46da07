from django.urls import path

from production import views
from production.contact import views as contact

app_name = "production"
urlpatterns = [
    path("", views.PlanList.as_view(), name="plans"),
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/<int:ref>/", views.task, name="task"),
    path("tasks/<int:ref>/do/<str:step>/", views.TaskAct.as_view(), name="task_act"),
    path("contacts/", contact.SheetList.as_view(), name="contacts"),
    path("contacts/new/", contact.NewSheet.as_view(), name="new_contact"),
    path("contacts/<str:ref>/", contact.sheet, name="contact"),
    path("contacts/<str:ref>/do/<str:step>/", contact.SheetAct.as_view(), name="contact_act"),
    path("contacts/<str:ref>/print/", contact.print_sheet, name="print_contact"),
    path("<str:ref>/", views.plan, name="plan"),
    path("<str:ref>/do/<str:step>/", views.PlanAct.as_view(), name="plan_act"),
]
