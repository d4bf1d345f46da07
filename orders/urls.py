from django.urls import path

from orders import links, shortages, views
from orders.changing import urls as changing
from orders.changing.views import revisions
from orders.entry import OrderEdit, OrderNew, complete_item
from orders.importing import ImportConfirm, ImportUpload
from orders.meetings import views as meetings

app_name = "orders"
urlpatterns = [
    path("", views.OrderList.as_view(), name="list"),
    path("search/", views.search, name="search"),
    path("new/", OrderNew.as_view(), name="new"),
    path("import/", ImportUpload.as_view(), name="import"),
    path("import/confirm/", ImportConfirm.as_view(), name="import_confirm"),
    path("complete-item/", complete_item, name="complete_item"),
    path("opinions/<int:ref>/", views.opinion, name="opinion"),
    path("opinions/<int:ref>/do/<slug:step>/", views.OpinionAct.as_view(), name="opinion_act"),
    path("shortages/<int:ref>/", shortages.shortage, name="shortage"),
    path("shortages/<int:ref>/do/<slug:step>/", shortages.ShortageAct.as_view(), name="shortage_act"),
    path("contracts/<str:number>/", views.contract, name="contract"),
    path("contracts/<str:ref>/do/<slug:step>/", views.ContractAct.as_view(), name="contract_act"),
    path("meetings/<str:ref>/", meetings.meeting, name="meeting"),
    path("meetings/<str:ref>/do/answer/", meetings.my_paper, name="my_paper"),
    path("meetings/<str:ref>/do/<slug:step>/", meetings.MeetingAct.as_view(), name="meeting_act"),
    path("papers/<int:ref>/do/<slug:step>/", meetings.PaperAct.as_view(), name="paper_act"),
    *changing.urlpatterns,
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/revisions/", revisions, name="revisions"),
    path("<str:number>/edit/", OrderEdit.as_view(), name="edit"),
    path("<str:number>/panel/<slug:name>/", views.panel, name="panel"),
    path("<str:number>/print/<str:kind>/", views.print_paper, name="print"),
    path("<str:ref>/links/new/", links.LinkAct.as_view(), name="give_link"),
    path("<str:number>/links/<int:pk>/revoke/", links.take_back_link, name="take_back_link"),
    path("<str:number>/files/", views.add_file, name="add_file"),
    path("<str:number>/do/opinion/", views.my_opinion, name="my_opinion"),
    path("<str:number>/do/our_signature/", views.our_signature, name="our_signature"),
    path("<str:number>/do/signature/", views.signature, name="signature"),
    path("<str:ref>/do/<slug:step>/", views.OrderAct.as_view(), name="act"),
]
