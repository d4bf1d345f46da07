from django.urls import path

from . import views

app_name = "documents"
urlpatterns = [
    path("files/<int:pk>/", views.file, name="file"),
    path("prints/<int:pk>/", views.printed, name="print"),
]
