"""Do the tests notice a change? Random changes of the code, and what kills them."""
