"""One editor for each kind of field; `table.EDITORS` says which."""
