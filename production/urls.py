from django.urls import path

from production import views

app_name = "production"
urlpatterns = [
    path("", views.PlanList.as_view(), name="plans"),
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/<int:ref>/", views.task, name="task"),
    path("tasks/<int:ref>/do/<str:step>/", views.TaskAct.as_view(), name="task_act"),
    path("<str:ref>/", views.plan, name="plan"),
    path("<str:ref>/do/<str:step>/", views.PlanAct.as_view(), name="plan_act"),
]
