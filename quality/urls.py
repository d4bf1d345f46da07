from django.urls import path

from quality import views

app_name = "quality"

urlpatterns = [
    path("inspections/", views.InspectionList.as_view(), name="inspections"),
    path("inspections/all/", views.InspectionList.as_view(every=True, title=views.ALL_INSPECTIONS), name="all_inspections"),
    path("nonconformities/", views.NonconformityList.as_view(), name="nonconformities"),
    path("nonconformities/all/", views.NonconformityList.as_view(every=True, title=views.ALL_NONCONFORMITIES), name="all_nonconformities"),
    path("nonconformities/<str:ref>/", views.NonconformityPage.as_view(), name="nonconformity"),
    path("nonconformities/<str:ref>/do/<str:step>/", views.NonconformityAct.as_view(), name="nonconformity_act"),
    path("inspections/<str:ref>/", views.InspectionPage.as_view(), name="inspection"),
    path("inspections/<str:ref>/do/<str:step>/", views.InspectionAct.as_view(), name="inspection_act"),
]
