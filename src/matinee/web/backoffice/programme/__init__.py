"""Planning: films, the week, screenings, prices, promo codes."""
