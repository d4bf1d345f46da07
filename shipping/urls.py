from django.urls import path

from shipping import views

app_name = "shipping"
urlpatterns = [
    path("", views.ShipmentList.as_view(), name="list"),
    path("notice/<str:ref>/", views.NoticeAct.as_view(), name="notice"),
    path("shortages/<int:ref>/do/<str:step>/", views.ShortageAct.as_view(), name="shortage_act"),
    path("<str:ref>/", views.detail, name="detail"),
    path("<str:ref>/do/<str:step>/", views.ShipmentAct.as_view(), name="act"),
    path("<str:ref>/print/<str:kind>/", views.print_paper, name="print"),
]
