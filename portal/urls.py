from django.urls import path

from portal import account, door, signing, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("login/", account.log_in, name="login"),
    path("login/code/", account.enter_code, name="code"),
    path("leave/", account.leave, name="leave"),
    path("orders/", account.orders, name="orders"),
    path("o/<str:number>/", views.order_page, name="order"),
    path("o/<str:number>/sign/", signing.sign, name="sign"),
    path("o/<str:number>/contract.pdf", signing.contract_pdf, name="contract_pdf"),
    path("o/<str:number>/papers/<int:pk>/", views.paper, name="paper"),
    path("o/<str:number>/do/<slug:step>/", views.order_act, name="act"),
    path("o/<str:number>/answer/<slug:what>/<int:pk>/", views.answer_page, name="answer"),
    path("o/<str:number>/returns/<int:pk>/", views.return_page, name="return"),
    path("o/<str:number>/deliveries/<int:pk>/<slug:step>/", views.delivery_act, name="delivery"),
    path("<str:token>", door.enter, name="enter"),
]
