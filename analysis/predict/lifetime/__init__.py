"""What a customer is worth from here on: models of buying and leaving, and what an order brings."""
