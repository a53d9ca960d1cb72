"""The command line: everything the window can do, for support engineers and the test suite."""
