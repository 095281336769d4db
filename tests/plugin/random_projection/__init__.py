"""A package that adds a method, a metric and a file layout to rom."""
