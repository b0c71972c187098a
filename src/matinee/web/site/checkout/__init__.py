"""From held seats to tickets: the page of an order."""
