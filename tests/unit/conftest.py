"""The fixtures of the unit tests: the small pack, a set clock, and desks copied for each test."""

from tests.helpers.desks import city, clock, county, house, house_template, pack

__all__ = ["city", "clock", "county", "house", "house_template", "pack"]
