from django.urls import path

from finance import refund_views, views

app_name = "finance"
urlpatterns = [
    path("receivables/", views.ReceivableList.as_view(), name="receivables"),
    path("payments/", views.PaymentList.as_view(), name="payments"),
    path("payments/record/<str:ref>/", views.RecordPayment.as_view(), name="record_payment"),
    path("payments/<str:ref>/", views.payment, name="payment"),
    path("payments/<str:ref>/do/<str:step>/", views.MoneyAct.as_view(), name="payment_act"),
    path("invoices/", views.InvoiceList.as_view(), name="invoices"),
    path("invoices/issue/<str:ref>/", views.IssueInvoice.as_view(), name="issue_invoice"),
    path("invoices/<str:ref>/", views.invoice, name="invoice"),
    path("invoices/<str:ref>/print/", views.print_invoice, name="print_invoice"),
    path("refunds/", refund_views.RefundList.as_view(), name="refunds"),
    path("refunds/<str:ref>/", refund_views.refund, name="refund"),
    path("refunds/<str:ref>/do/<str:step>/", refund_views.RefundAct.as_view(), name="refund_act"),
    path("choose/<str:what>/", views.choose, name="choose"),
]
