from django.urls import path

from aftersales import lists, views

app_name = "aftersales"

urlpatterns = [
    path("services/", lists.ServiceList.as_view(), name="services"),
    path("services/all/", lists.ServiceList.as_view(every=True), name="all_services"),
    path("returns/", lists.ReturnList.as_view(), name="returns"),
    path("returns/all/", lists.ReturnList.as_view(every=True), name="all_returns"),
    path("ratings/", lists.RatingList.as_view(), name="ratings"),
    path("services/<str:ref>/", views.service, name="service"),
    path("services/<str:ref>/do/<str:step>/", views.ServiceAct.as_view(), name="service_act"),
    path("returns/<str:ref>/", views.return_, name="return"),
    path("returns/<str:ref>/do/<str:step>/", views.ReturnAct.as_view(), name="return_act"),
    path("ratings/<str:ref>/", views.rating, name="rating"),
    path("ratings/<str:ref>/do/<str:step>/", views.RatingAct.as_view(), name="rating_act"),
    path("orders/<str:ref>/do/<str:step>/", views.OrderAct.as_view(), name="order_act"),
    path("print/<str:kind>/<str:ref>/", views.print_paper, name="print"),
]
