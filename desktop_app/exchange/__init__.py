"""
Workbooks in and out: the door to openpyxl and xlrd.

What a cell means is decided here, what a value is by `schema.types`.
"""
