from finance.models.money import Invoice, InvoiceLine, MoneyQuerySet, Payment, Receivable
from finance.models.refund import Credit, CreditLine, Refund, RefundShare

__all__ = ["Credit", "CreditLine", "Invoice", "InvoiceLine", "MoneyQuerySet", "Payment", "Receivable", "Refund", "RefundShare"]
