"""Ways to pay, behind one protocol. So far the purchase calls leave the money to the counter."""
