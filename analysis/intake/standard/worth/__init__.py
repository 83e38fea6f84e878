"""What each line of orders is worth, and for whom: amounts, refunds, movements of money, states, nobody."""
