from django.urls import path

from procurement import views

app_name = "procurement"
urlpatterns = [
    path("", views.PurchaseList.as_view(), name="purchases"),
    path("demand/", views.DemandPage.as_view(), name="demand"),
    path("demand/<str:ref>/", views.sheet, name="sheet"),
    path("demand/<str:ref>/do/<str:step>/", views.SheetAct.as_view(), name="sheet_act"),
    path("<str:ref>/", views.purchase, name="purchase"),
    path("<str:ref>/do/<str:step>/", views.PurchaseAct.as_view(), name="purchase_act"),
    path("<str:ref>/print/", views.print_purchase, name="print"),
]
