"""The rules of the trade as pure functions: revisions and their state, validation, limits, periods, indicators."""
