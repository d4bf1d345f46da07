from django.urls import path

from inventory import views

app_name = "inventory"

urlpatterns = [
    path("stock/", views.StockPage.as_view(), name="stock"),
    path("stock/<int:pk>/", views.BalancePage.as_view(), name="balance"),
    path("put-aways/", views.PutAwayList.as_view(), name="put_aways"),
    path("put-aways/all/", views.PutAwayList.as_view(every=True, title=views.ALL_PUT_AWAYS), name="all_put_aways"),
    path("put-aways/<int:ref>/", views.PutAwayPage.as_view(), name="put_away"),
    path("put-aways/<int:ref>/do/<str:step>/", views.PutAwayAct.as_view(), name="put_away_act"),
]
