"""Workbooks: a template to fill in, what a list shows, and ledgers as offices keep them."""
