"""Errors, messages, clock, identifiers and paths: what every layer may use and what uses none of them."""
