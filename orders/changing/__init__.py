"""Pages, forms and papers of change requests and of cancelling; what they do stands in `orders.services.change`."""
