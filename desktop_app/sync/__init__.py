"""Packages: the files that travel on a stick. The only door to age and to signatures."""
