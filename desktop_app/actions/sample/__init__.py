"""A made-up year of work for several offices, for the demo, the practice mode and the tests."""
