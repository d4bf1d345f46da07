"""Addresses of changes; part of the order desk's."""

from django.urls import path

from orders.changing import views

urlpatterns = [
    path("changes/", views.ChangeList.as_view(), name="changes"),
    path("changes/all/", views.ChangeList.as_view(every=True), name="all_changes"),
    path("changes/items/<int:ref>/", views.item, name="change_item"),
    path("changes/items/<int:ref>/do/<slug:step>/", views.ItemAct.as_view(), name="change_item_act"),
    path("changes/signatures/<int:ref>/do/<slug:step>/", views.SignoffAct.as_view(), name="change_signoff_act"),
    path("changes/agreements/<str:ref>/do/<slug:step>/", views.AgreementAct.as_view(), name="agreement_act"),
    path("changes/<str:ref>/", views.change_page, name="change"),
    path("changes/<str:ref>/print/<str:kind>/", views.print_paper, name="print_change"),
    path("changes/<str:ref>/do/sign_for/", views.my_signoff, name="my_signoff"),
    path("changes/<str:ref>/do/<slug:step>/", views.ChangeAct.as_view(), name="change_act"),
]
