from django.urls import path

from shipping.views import shipments, trouble

app_name = "shipping"
urlpatterns = [
    path("", shipments.ShipmentList.as_view(), name="list"),
    path("damages/", trouble.DamageList.as_view(), name="damages"),
    path("damages/<int:ref>/", trouble.damage, name="damage"),
    path("damages/<int:ref>/do/<str:step>/", trouble.DamageAct.as_view(), name="damage_act"),
    path("claims/", trouble.ClaimList.as_view(), name="claims"),
    path("claims/<str:ref>/", trouble.claim, name="claim"),
    path("claims/<str:ref>/do/<str:step>/", trouble.ClaimAct.as_view(), name="claim_act"),
    path("claims/<str:ref>/print/", trouble.print_claim, name="print_claim"),
    path("parts/<int:ref>/do/<str:step>/", trouble.PartAct.as_view(), name="part_act"),
    path("traces/<int:ref>/do/<str:step>/", trouble.TraceAct.as_view(), name="trace_act"),
    path("shortages/<int:ref>/do/<str:step>/", shipments.ShortageAct.as_view(), name="shortage_act"),
    path("notice/<str:ref>/", shipments.NoticeAct.as_view(), name="notice"),
    path("<str:ref>/", shipments.detail, name="detail"),
    path("<str:ref>/do/<str:step>/", shipments.ShipmentAct.as_view(), name="act"),
    path("<str:ref>/print/<str:kind>/", shipments.print_paper, name="print"),
]
