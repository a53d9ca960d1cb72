"""工会法律保障工作台: the offline legal-work desk of a trade-union federation."""

__version__ = "0.2.0"
