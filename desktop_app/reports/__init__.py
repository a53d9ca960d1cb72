"""Reports: the yearly text and the tables beside it, from figures that others measured."""
