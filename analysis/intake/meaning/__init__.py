"""What words in cells mean for money: states of orders, types of rows, directions of money, nobody's ids."""
