"""What `dev.py build` is made of: the program, its installers, the lists. Standard library only at import."""
